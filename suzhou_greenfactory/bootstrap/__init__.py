"""Set-up from nothing: Python environment, embedded services and the commands `demo`, `test` and `bench`.

Only the standard library is imported here: the code runs before any dependency exists. It decides nothing
about the product; it makes what the product needs, starts it, watches it and stops it.
"""
