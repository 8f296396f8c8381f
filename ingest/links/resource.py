"""A resource's record, from a URL and what its page says (LINKS.md, Resources)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.links.address import Address, find_registrable, format_address
from ingest.links.key import KEY_VERSION, clean_address, cut_userinfo, resource_key
from ingest.links.kind import find_kind
from record_types.links import Fetch, Resource

if TYPE_CHECKING:
    from ingest.links.head import PageHead  # lxml is not wanted where no page is read


def make_resource(
    url: str, head: PageHead | None = None, status: Fetch = "pending", content_type: str | None = None
) -> Resource:
    """The resource at `url`, the address as landed.

    Its own URL is the clean one without a place in the page; a canonical link that can be believed goes
    before it. A PDF has its file's name for a title.
    """
    address = clean_address(url)
    if address is None:
        found = cut_userinfo(url)
        return Resource(
            resource_key(url), found, find_kind(url), site="", status=status, uid_version=KEY_VERSION
        )
    kind = find_kind(url, content_type, head.kind_hint if head else None)
    if head and head.canonical and kind in ("article", "video", "podcast", "course"):
        address = _choose_canonical(address, clean_address(head.canonical))
    clean = _format_resource(address)
    return Resource(
        uid=resource_key(clean),
        url=clean,
        kind=kind,
        site=address.site,
        status=status,
        title=(head and head.title) or (_read_file_name(address) if kind == "pdf" else None),
        author=head.author if head else None,
        published_on=head.published_on if head else None,
        description=head.description if head else None,
        uid_version=KEY_VERSION,
    )


def _choose_canonical(address: Address, canonical: Address | None) -> Address:
    """`canonical` where it is of the same owner and names a page, `address` otherwise.

    Sites point every page at their home page, at a sign-in page or at a copy elsewhere.
    """
    if canonical is None or (canonical.path == "/" and not canonical.params):
        return address
    same_owner = find_registrable(canonical.host) == find_registrable(address.host)
    return canonical if same_owner else address


def _format_resource(address: Address) -> str:
    return format_address(address, fragment=address.fragment.startswith(("/", "!")))


def _read_file_name(address: Address) -> str | None:
    name = unquote(address.path.rstrip("/").rpartition("/")[2], errors="replace").strip()
    return name if name.lower().endswith(".pdf") and len(name) > len(".pdf") else None
