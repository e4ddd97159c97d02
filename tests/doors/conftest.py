from tests.doors.houses import house

__all__ = ["house"]
