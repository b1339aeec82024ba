"""Pages are bounded whatever the caller asks (SECURITY R44)."""

from rest_framework.pagination import PageNumberPagination


class BoundedPagination(PageNumberPagination):
    """50 a page, 200 at most."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
