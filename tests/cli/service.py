# SPDX-License-Identifier: MIT
"""A stand-in for the service: answers as told and remembers what it was asked."""
import http.server
import json
import socket
import threading


class Service:
    """`answers` maps "GET /status" to (status, document) or to a function returning that."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []  # (method and path, headers, body)
        self.arrived = threading.Condition()
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                what = f"{self.command} {self.path}"
                with service.arrived:
                    service.asked.append((what, dict(self.headers), body))
                    service.arrived.notify_all()
                reply = service.answers.get(what, (404, {"title": "Not Found", "status": 404,
                                                         "detail": f"there is no {self.path}"}))
                status, document = reply() if callable(reply) else reply
                text = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json" if status < 400 else
                                 "application/problem+json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.handler = Handler
        self.listen(0)

    def listen(self, port):
        """Be ready to serve on this port (0 = any free one) with a fresh server."""
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), self.handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that left is no fault
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def bodies(self, what):
        """The JSON bodies of every request to `what`, in order."""
        return [json.loads(body) for asked, _, body in self.asked if asked == what]

    def wait_for(self, count, timeout=30):
        """Wait until so many requests have come in all."""
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.asked) >= count, timeout)


def free_port():
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
