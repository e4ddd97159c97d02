from rest_framework.parsers import JSONParser


class BoundedJSONParser(JSONParser):
    """JSON of bounded size and depth."""
