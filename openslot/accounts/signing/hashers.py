from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane (OWASP's first choice for web log-ins).

    Django's default takes 100 MiB a log-in, which a small server cannot spend on ten at once.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
