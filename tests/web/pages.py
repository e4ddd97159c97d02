"""The addresses of pages, and what is filled in there."""

TEN = "2030-04-01T08:00:00Z"  # in Berlin
WEEKLY = {"at": TEN, "repeat": "weekly", "times": "4", "clashes": "skip"}


def address(service, at=TEN):
    return f"/p/{service.provider.slug}/{service.pk}/book/?at={at}"


def several(client, service, method="get", **fields):
    path = f"/p/{service.provider.slug}/{service.pk}/book/several/"
    return getattr(client, method)(path, WEEKLY | fields)


def act(client, appointment, action, **fields):
    path = f"/appointments/{appointment.pk}/{action}/"
    return client.post(path, {"version": appointment.version} | fields)


def said(answer):
    """What a page says, without the marks that keep names of any direction apart."""
    return answer.content.decode().replace("<bdi>", "").replace("</bdi>", "")
