"""What people do with their mouse at Google, from tests and from pages."""
