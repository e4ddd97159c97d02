from rest_framework.pagination import CursorPagination


class Cursor(CursorPagination):
    """`{next, previous, results}`, fifty a page unless told otherwise."""

    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = "id"
