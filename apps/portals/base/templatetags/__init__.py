"""Template filters and tags of all portals: wording of figures and dates, form widgets, geometry of charts."""
