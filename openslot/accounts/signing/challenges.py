"""A small task for the machine of whoever comes without an account: proof of work, by altcha.

One solution costs nobody anything worth speaking of, thousands of them do. Nobody else is asked,
nothing is kept of who solved what; where `CHALLENGE` is `auto`, only a network from which more
comes than from people is asked at all. What is asked for, and what counts as shown instead, say
those who call.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import altcha
from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from openslot.kernel import limits
from openslot.kernel.errors import Invalid, TooOften

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ALGORITHM, ROUNDS = "PBKDF2/SHA-256", 5_000
TRIES = 100, 300  # of so many rounds each: a second or two of a telephone
GOOD = timedelta(minutes=20)
LONGEST = 4_000  # letters of a solution
SALT = "openslot.accounts.challenge"
WANTED = _("Solve a challenge of /api/challenge/ and send the solution; each counts once.")
AGAIN = _(
    "Much comes from your network at the moment, so your browser has a small task to solve first. "
    "Press the button again."
)


class ChallengeRequired(Invalid):
    """A solved challenge has to come along."""

    code = "challenge_required"

    def __init__(self, told: StrOrPromise = WANTED) -> None:
        super().__init__(challenge=told)


class Proof(NamedTuple):
    """What came along: a solution, from which network, and for what it is used up.

    A request that is sent twice names the same `use`, and is one; without any each is another.
    """

    solution: str = ""
    network: str = ""
    use: str = ""


def given() -> dict[str, Any]:
    """A new challenge, as altcha's widget and libraries read it."""
    fewest, most = TRIES
    made = altcha.create_challenge(
        algorithm=ALGORITHM,
        cost=ROUNDS,
        counter=fewest + secrets.randbelow(most - fewest + 1),
        expires_at=timezone.now() + GOOD,
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("solution"),
    )
    return dict(made.to_dict())


def is_asked(network: str) -> bool:
    """Whether the next to come from there has to solve one."""
    if settings.CHALLENGE == "auto":
        return limits.is_reached("unchallenged", network)
    return bool(settings.CHALLENGE == "on")


def is_met(proof: Proof) -> bool:
    """Whether a solution came along, or none is asked for; it is used up, and the call counted.

    What is used up stays so, whatever becomes of the request: call it in no transaction.
    """
    return not _counts(proof.network) or _is_solved(proof)


def check(proof: Proof) -> None:
    """The same; raises `ChallengeRequired`."""
    if not is_met(proof):
        raise ChallengeRequired


def check_page(proof: Proof, *, asked: bool) -> bool:
    """Whether it is met; where it is not, digits may be mailed instead.

    `asked`: whether the form was drawn with the task. Raises `ChallengeRequired` where it was not,
    as the network was not busy then, and `TooOften` where too much was mailed there instead.
    """
    met = is_met(proof)
    if not met and not asked:
        raise ChallengeRequired(AGAIN)
    if not met:
        limits.count("unsolved", proof.network)
    return met


def _counts(network: str) -> bool:
    """Count a call of that network; whether it has to bring a solution."""
    if settings.CHALLENGE != "auto":
        return bool(settings.CHALLENGE == "on")
    try:
        limits.count("unchallenged", network)
    except TooOften:
        return True
    return False


def _is_solved(proof: Proof) -> bool:
    if not proof.solution or len(proof.solution) > LONGEST:
        return False
    verdict = altcha.verify_solution(
        proof.solution, hmac_secret=_key("challenge"), hmac_key_secret=_key("solution")
    )
    return verdict.verified and _is_fresh(proof)


def _is_fresh(proof: Proof) -> bool:
    """Whether it was used for nothing else, by whichever process."""
    nonce = altcha.Payload.from_base64(proof.solution).challenge.parameters.nonce
    key, use = f"challenge_{nonce}", proof.use or secrets.token_hex()
    kept = caches["default"]
    return kept.add(key, use, GOOD.total_seconds() + 60) or kept.get(key) == use


def _key(of: str) -> str:
    return salted_hmac(SALT, of, algorithm="sha256").hexdigest()
