from rest_framework_simplejwt.authentication import JWTAuthentication


class BearerAuthentication(JWTAuthentication):
    """`Authorization: Bearer <access>` and nothing else."""
