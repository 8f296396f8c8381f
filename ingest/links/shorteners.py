"""Which hosts are known to hand out short links.

The list is ours and small on purpose: it decides what is asked about at once, how politely, and whether a
page's script is believed, never whether a link is right (published lists agree on a quarter of their hosts).
"""

from __future__ import annotations

_words = str.split
_HOSTS = frozenset(
    _words("""
a.co adf.ly aka.ms amzn.asia amzn.eu amzn.to apple.co b.link bbc.in bit.do bit.ly bitly.com bl.ink
buff.ly chng.it cli.re cnb.cx conta.cc cutt.ly db.tt dlvr.it econ.st eepurl.com fb.me fb.watch
flip.it g.co g.page geni.us git.io go.nature.com goo.gl ht.ly hubs.la hubs.li hubs.ly ift.tt is.gd
j.mp kck.st kutt.it l8r.it lnk.to lnkd.in loom.ly maps.app.goo.gl mzl.la n.pr nyti.ms on.ft.com
on.wsj.com ow.ly pca.st po.st pwc.to rb.gy rebrand.ly redd.it reut.rs s.id sbne.ws shor.by shorturl.at
smarturl.it snip.ly spoti.fi spr.ly surl.li t.cn t.co t.ly tcrn.ch ti.me tiny.cc tinyurl.com trib.al
u.nu urlz.fr v.gd vm.tiktok.com vt.tiktok.com w.wiki wapo.st wp.me wrd.cm youtu.be zcu.io zpr.io
    """)
)


def is_shortener(host: str) -> bool:
    """Whether `host` is known to do nothing but redirect."""
    host = host.lower().rstrip(".")
    return host.removeprefix("www.") in _HOSTS
