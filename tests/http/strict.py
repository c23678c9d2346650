# SPDX-License-Identifier: MIT
"""One meaning for each request: queries, conditions, names of hosts and sites, codings, blanks,
methods. Every refusal says what to do, and the advice works."""
import json
import re

import rig
import tap

PTT = b'{"channel": 1, "mute": false}'
server = rig.Server()

GETS = ("/status", "/vu", "/config", "/devices", "/healthz", "/readyz")
POSTS = ("/ptt", "/test-tone", "/reload")
# Each is refused wherever it is sent.
BAD_QUERIES = ("_=17", "dryrun=1", "dry_run", "dry_run=", "dry_run=yes", "dry_run=01", "dry_run=1&",
               "&dry_run=1", "dry_run=1&&save=0", "&", "&&", "=", "=1", "dry_run==1", "dry_run=1=1",
               "dry_run=1;save=1", "dry_run=%", "dry_run=%3", "dry_run=%3x", "%00=1",
               "dry_run=1%00",
               "dry_run=+1", "Dry_run=1", "dry_run=1&dry_run=0", "dry_run=0&dry_run=0",
               "%64ry_run=1&dry_run=0", "save=1&dry_run=0&save=1", "x" * 5000, "a=" + "%41" * 2000,
               "%ff=1", "dry_run=%C3%A9", "dry_run=1&x=1", "dry_run=1%26save=1", "?dry_run=1")


def configuration():
    return json.dumps(server.get("/config"))


def generation():
    return server.get("/status")["config"]["generation"]


def a_query_that_is_not_understood_is_refused_everywhere():
    body, before = configuration(), generation()
    for query in BAD_QUERIES:
        for path in ("/config", "/ptt"):
            server.ask("POST", f"{path}?{query}", body).expect(400)
        server.ask("GET", "/vu?" + query).expect(400)
    for path in GETS:
        server.ask("GET", path + "?x=1").expect(400)
        server.ask("HEAD", path + "?x=1")
        server.ask("GET", path + "?dry_run=1").expect(400)
    for path in POSTS:
        server.ask("POST", path + "?dry_run=1", body).expect(400)
    tap.same(generation(), before, "generation")


def a_query_is_decoded_once():
    body, before = configuration(), generation()
    for query in ("dry_run=1", "%64ry%5frun=%31", "dry_run=1&save=1", "save=0&dry_run=1"):
        answer = server.ask("POST", "/config?" + query, body).expect(200).document
        tap.true(answer["dry_run"], query)
    tap.same(generation(), before, "generation")
    server.ask("POST", "/config?", body).expect(200)
    server.ask("POST", "/config?dry_run=0&save=0", body).expect(200)
    tap.same(generation(), before + 2, "generation")


def a_stale_tag_changes_nothing():
    first = server.ask("GET", "/config").expect(200)
    etag, body, before = first.headers["etag"], first.body, generation()
    done = server.ask("POST", "/config", body, {"If-Match": etag}).expect(200)
    tap.same(server.ask("GET", "/config").headers["etag"], done.headers["etag"], "the new tag")
    tap.true(done.headers["etag"] != etag, "another tag")
    for query in ("", "?dry_run=1"):
        reply = server.ask("POST", "/config" + query, body, {"If-Match": etag}).expect(412)
        tap.true(f"generation {before + 1}" in reply.document["detail"], str(reply.document))
        tap.same(reply.headers["etag"], done.headers["etag"], "the tag that would hold")
    tap.same(generation(), before + 1, "generation")
    tap.true("etag" not in server.ask("POST", "/config?dry_run=1", body).headers, "dry run")


def conditions_follow_the_standard():
    first = server.ask("GET", "/config").expect(200)
    etag, body = first.headers["etag"], first.body
    for tags, status in ((etag, 200), ("*", 200), (f'"x", {etag}', 200), (f'{etag},"x"', 200),
                         (f',, {etag} ,', 200), (f'"a,b", {etag}', 200), (f" {etag}  ", 200),
                         (f"W/{etag}", 412), ('"x"', 412), ('"', 400), (etag.strip('"'), 400),
                         (f"{etag} {etag}", 400), (f"*, {etag}", 400), ("", 400), (",", 400),
                         (f"w/{etag}", 400), (f'{etag}x', 400), ('"a"b"', 400)):
        server.ask("POST", "/config?dry_run=1", body, {"If-Match": tags}).expect(status)
    for tags, status in ((etag, 304), ("*", 304), (f"W/{etag}", 304), (f'"x", {etag}', 304),
                         ('"x"', 200), ("x", 400)):
        for method in ("GET", "HEAD"):
            reply = server.ask(method, "/config", headers={"If-None-Match": tags})
            tap.same(reply.status, status, f"{method} unless {tags}")
            if status == 304:
                tap.same((reply.body, reply.left, reply.headers["etag"]), (b"", b"", etag), "304")
                tap.true("content-length" not in reply.headers, str(reply.headers))
    server.ask("POST", "/config", body, {"If-None-Match": "*"}).expect(412)
    two = b"If-Match: \"x\"\r\nIf-Match: " + etag.encode() + b"\r\n"
    data = rig.request("POST", "/config?dry_run=1", body).replace(b"\r\n", b"\r\n" + two, 1)
    rig.Reply(server.raw(data)).expect(200)
    for method, path in (("POST", "/ptt"), ("GET", "/vu"), ("POST", "/reload")):
        sent = PTT if path == "/ptt" else None if method == "GET" else b""
        server.ask(method, path, sent, {"If-Match": "*"}).expect(412)


def tags_of_another_process_do_not_hold():
    tags = set()
    for _ in range(3):
        with rig.Server() as other:
            tags.add(other.ask("GET", "/config").expect(200).headers["etag"])
            tap.same(other.get("/status")["config"]["generation"], 1, "generation")
    tap.same(len(tags), 3, f"tags of generation 1: {tags}")


def advised(reply):
    """The name that the answer says to add to allowed_hosts."""
    found = re.search(r'add "([^"]+)" to http.allowed_hosts', reply.document["detail"])
    tap.true(found, reply.document["detail"])
    return found[1]


def the_advice_for_a_host_works():
    for host in ("panel.example", "panel.example:8443", "PANEL.example", "10.1.2.3:80", "[fe80::1]",
                 "x" * 121 + ":65535"):
        headers = {"Host": host}
        name = advised(server.ask("GET", "/vu", headers=headers).expect(421))
        check_configuration_takes(name)
        with rig.Server("--host", name) as allowing:
            allowing.ask("GET", "/vu", headers=headers).expect(200)
            allowing.ask("GET", "/vu", headers={"Host": "other.example"}).expect(421)


def the_advice_for_a_page_works():
    for origin in ("https://panel.example", "http://panel.example:3000", "http://localhost:3000",
                   "http://[::1]:3000", "https://" + "x" * 121 + ":65535"):
        headers = {"Origin": origin}
        name = advised(server.ask("POST", "/ptt", PTT, headers).expect(403))
        check_configuration_takes(name)
        with rig.Server("--host", name) as allowing:
            allowing.ask("POST", "/ptt", PTT, headers).expect(200)
            allowing.ask("POST", "/ptt", PTT, {"Origin": "http://evil.example"}).expect(403)


def check_configuration_takes(name):
    """http needs a restart (422 says so), and nothing else is wrong with the name."""
    document = server.get("/config")
    document["http"] = {"allowed_hosts": [name]}
    reply = server.ask("POST", "/config?dry_run=1", json.dumps(document)).expect(422)
    tap.true(all("restart" in e["detail"] for e in reply.document["errors"]), str(reply.document))


def an_allowed_name_with_a_port_stands_for_this_port():
    with rig.Server("--host", "panel.example:8443") as named:
        for host, status in (("panel.example:8443", 200), ("panel.example", 421),
                             ("panel.example:8444", 421), ("panel.example:844", 421)):
            named.ask("GET", "/vu", headers={"Host": host}).expect(status)
    with rig.Server("--host", "panel.example:443") as named:
        for host, status in (("panel.example:443", 200), ("panel.example", 200),
                             ("panel.example:80", 421)):
            named.ask("GET", "/vu", headers={"Host": host}).expect(status)


def a_page_through_a_forwarded_port_may_post():
    """ssh -L 9000:localhost:8000, and a proxy that keeps the name."""
    for host in ("localhost:9000", "127.0.0.1:9000", "[::1]:9000"):
        server.ask("POST", "/ptt", PTT, {"Host": host, "Origin": "http://" + host}).expect(200)
        server.ask("POST", "/ptt", PTT, {"Host": host, "Origin": "http://evil"}).expect(403)
    server.ask("POST", "/ptt", PTT, {"Host": "evil.example",
                                     "Origin": "http://evil.example"}).expect(421)


def blanks_around_values_are_no_part_of_them():
    for host in (" localhost ", "    localhost", "localhost   "):
        server.ask("GET", "/vu", headers={"Host": host}).expect(200)
    blanks = {"Content-Type": " application/json ", "Content-Length": f" {len(PTT)}  "}
    server.ask("POST", "/ptt", PTT, blanks).expect(200)
    with rig.Server("--token", "s3cret") as locked:
        locked.ask("GET", "/vu", headers={"Authorization": "  Bearer s3cret  "}).expect(200)
    reply = server.ask("GET", "/vu", headers={"Connection": " close "}).expect(200)
    tap.same(reply.headers["connection"], "close", "Connection")
    for value in ("a\tb", "a\x01b", "a\x7f", "\x0b"):  # CivetWeb takes no tab
        server.ask("GET", "/vu", headers={"X": value}).expect(400)


def headers_with_one_value_are_given_once():
    with rig.Server("--token", "s3cret") as locked:
        for extra in ("Authorization: Bearer x", "Host: localhost", "Content-Type: text/plain",
                      "Origin: http://localhost", "Expect: 100-continue"):
            data = rig.request("POST", "/ptt", PTT, {
                "Authorization": "Bearer s3cret", "Origin": "http://localhost",
                "Expect": "100-continue"})
            data = data.replace(b"\r\n", f"\r\n{extra}\r\n".encode(), 1)
            rig.Reply(locked.raw(data)).expect(400)


def a_coding_is_refused():
    for coding in ("gzip", "identity, gzip", "br", "x"):
        server.ask("POST", "/ptt", PTT, {"Content-Encoding": coding}).expect(415)
    for coding in ("identity", "Identity", "", "identity, identity"):
        server.ask("POST", "/ptt", PTT, {"Content-Encoding": coding}).expect(200)
    data = rig.request("POST", "/ptt", PTT, {"Content-Encoding": "identity"})
    data = data.replace(b"\r\n", b"\r\nX: 1\r\ncontent-encoding: gzip\r\n", 1)
    rig.Reply(server.raw(data)).expect(415)


def a_reload_needs_no_length():
    bare = {"Content-Type": None, "Content-Length": None}
    server.ask("POST", "/reload", headers=bare).expect(409)  # there is no file to read
    server.ask("POST", "/reload", b"", bare).expect(409)
    for path in ("/ptt", "/config", "/test-tone"):
        server.ask("POST", path, headers=bare).expect(411)
    with server.connect() as link:  # and what follows it is the next request
        keep = {**bare, "Connection": "keep-alive"}
        link.sendall(rig.request("POST", "/reload", headers=keep) + rig.request("GET", "/healthz"))
        first = rig.Reply(rig.read_all(link)).expect(409)
        rig.Reply(first.left).expect(200)


def unknown_methods_are_told_from_wrong_ones():
    for method in ("BREW", "get", "TRACE", "PROPFIND", "X" * 300):
        for path in ("/vu", "/nothing"):
            server.ask(method, path).expect(501)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT"):
        reply = server.ask(method, "/vu").expect(405)
        tap.same(reply.headers["allow"], "GET, HEAD", "Allow")
    for data in (b"BREW\r\n\r\n", b"BR{W /vu HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        rig.Reply(server.raw(data)).expect(400)


def it_stops_clean():
    tap.same(server.stop(), (0, "stopped"), "exit")


if __name__ == "__main__":
    tap.run(a_query_that_is_not_understood_is_refused_everywhere, a_query_is_decoded_once,
            a_stale_tag_changes_nothing, conditions_follow_the_standard,
            tags_of_another_process_do_not_hold, the_advice_for_a_host_works,
            the_advice_for_a_page_works, an_allowed_name_with_a_port_stands_for_this_port,
            a_page_through_a_forwarded_port_may_post, blanks_around_values_are_no_part_of_them,
            headers_with_one_value_are_given_once, a_coding_is_refused, a_reload_needs_no_length,
            unknown_methods_are_told_from_wrong_ones, it_stops_clean)
