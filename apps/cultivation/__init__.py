"""培育 (cultivation): what comes before an application – training and publicity, building plans, service bodies.

Owns: events with registration and attendance, their materials, the enterprises' building plans and the districts'
cultivation lists, and the registered service bodies with the enterprises they help (六（一）、六（三）, R-45, F-03).
"""
