"""Browses for a service type as RFC 6763 says, with python-zeroconf, which
knows nothing of libp2p, and prints what it finds as lines of JSON.

Arguments: the service type, `4` or `6` for the version of IP to ask over.
"""

import json
import sys
import threading

from zeroconf import IPVersion, ServiceBrowser, ServiceListener, Zeroconf

RESOLVE_MS = 5000


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def strings(text):
    """The strings of a TXT record, each behind its length."""
    found = []

    while text:
        found.append(text[1 : 1 + text[0]].decode())
        text = text[1 + text[0] :]

    return found


class Listener(ServiceListener):
    def add_service(self, zc, type_, name):
        info = zc.get_service_info(type_, name, RESOLVE_MS)

        if info is None:
            say("unresolved", name=name)
        else:
            say(
                "found",
                name=name,
                server=info.server,
                port=info.port,
                addresses=info.parsed_addresses(),
                texts=strings(info.text),
            )

    def update_service(self, zc, type_, name):
        self.add_service(zc, type_, name)

    def remove_service(self, zc, type_, name):
        say("removed", name=name)


def main():
    _, type_, version = sys.argv
    zc = Zeroconf(ip_version=IPVersion.V6Only if version == "6" else IPVersion.V4Only)
    ServiceBrowser(zc, type_, Listener())
    say("ready")
    threading.Event().wait()


main()
