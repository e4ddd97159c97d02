from rest_framework.throttling import SimpleRateThrottle


class Broad(SimpleRateThrottle):
    """What no person and no sensible program reaches; counted in each process."""

    scope = "broad"

    def get_cache_key(self, request, view):  # type: ignore[no-untyped-def]
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
