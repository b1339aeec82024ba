"""文书 (documents): official documents and spreadsheets, from data objects to files.

Owns: stored documents. Clauses: section 3 of the rules (F-01..F-20). May call every room below.
Rendering happens in a child process, never in a request.
"""
