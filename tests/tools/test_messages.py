#!/usr/bin/env python3
"""Messages to families as specs/messages.md promises them: letopisd against a real SMTP server with TLS and an
HTTPS gateway, both on loopback; failures, kills between intent and acknowledgement, quiet hours, corrections.

    test_messages.py BUILD_DIR WORK_DIR

Ends with "N passed, N failed". Needs Debian's python3-aiosmtpd and openssl."""
import email, email.policy, http.server, json, logging, os, pathlib, shutil, signal, ssl, subprocess, sys, threading, time

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult
except ModuleNotFoundError:  # Debian's package belongs to Debian's interpreter
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

from promises import promise, told

BUILD, WORK = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
LETOPIS, LETOPISD = BUILD / "tools" / "letopis", BUILD / "tools" / "letopisd"
SCHOOL = BUILD / "tests" / "net" / "mail_school"
started = []
logging.disable(logging.CRITICAL)  # aiosmtpd tells of handshakes that a test wants to fail


def end_started():
    """A test that failed has not closed its world."""
    for process in started:
        if process.poll() is None:
            process.kill()


def until(what, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what.__name__ if hasattr(what, '__name__') else what}")


def certificate():
    key, cert = WORK / "key.pem", WORK / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    return cert, key


class Mailbox:
    """What the mail server does with each message, in turn: "250", a refusal, or "hang" (takes it, never says so)."""

    def __init__(self):
        self.taken, self.plan, self.hanging, self.logins = [], [], threading.Event(), []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.plan and self.plan[0].startswith("rcpt "):
            return self.plan.pop(0)[5:]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        import asyncio
        assert session.ssl is not None
        step = self.plan.pop(0) if self.plan else "250 OK"
        if step[0] in "45":
            return step
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if step == "hang":
            self.hanging.set()
            await asyncio.sleep(600)
        return "250 OK"

    def unique(self):
        """What a reader has who drops repeats by Message-ID, as servers may."""
        return {m["message-id"]: m for m in self.taken}


class StartTls(Controller):
    def factory(self):
        def login(server, session, envelope, mechanism, data):
            ok = (data.login, data.password) == (b"journal", b"secret-of-the-journal")
            self.handler.logins.append(ok)
            return AuthResult(success=ok)
        return SMTP(self.handler, hostname="localhost", tls_context=self.context, require_starttls=True,
                    authenticator=login, auth_required=True, auth_require_tls=True)


def mail_server():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*CERT)
    box = Mailbox()
    server = StartTls(box, hostname="127.0.0.1", port=0)
    server.context = context
    # aiosmtpd wants to know its port beforehand: any free one
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        server.port = s.getsockname()[1]
    server.start()
    return server, box


class Gateway(http.server.BaseHTTPRequestHandler):
    got, plan = [], []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        step = Gateway.plan.pop(0) if Gateway.plan else 200
        if step == "hang":
            Gateway.got.append((self.headers["authorization"], body))
            time.sleep(600)
        if step == 200:
            Gateway.got.append((self.headers["authorization"], body))
        self.send_response(step)
        self.end_headers()

    def log_message(self, *_):
        pass


def gateway():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*CERT)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class World:
    """One school of its own, a mail server and a gateway."""

    def __init__(self, name, **settings):
        self.dir = WORK / name
        self.dir.mkdir()
        self.maker = subprocess.Popen([SCHOOL, self.dir], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pupil = self.maker.stdout.readline().strip()
        assert self.pupil
        started.append(self.maker)
        self.smtp, self.box = mail_server()
        self.gate = gateway()
        Gateway.got, Gateway.plan = [], []
        self.server = None
        self.file = self.dir / "mail.conf"
        self.settings = {"smtp": f"smtp://localhost:{self.smtp.port}", "user": "journal",
                         "password": "secret-of-the-journal", "from": "journal@school.example",
                         "sms": f"https://localhost:{self.gate.server_address[1]}/send",
                         "sms_body": '{"to":"{phone}","text":"{text}","id":"{id}"}',
                         "sms_header": "Authorization: Bearer token-of-the-gate",
                         "ca": CERT[0], "link": "https://journal.example/{school}", "retry_seconds": 1,
                         "per_minute": 60000, "demo": "yes", **settings}
        self.serve("12:00")  # the outbox begins with the log as it is
        self.stop()

    def do(self, *lines):
        for line in lines:
            self.maker.stdin.write(line + "\n")
            self.maker.stdin.flush()
            assert self.maker.stdout.readline() == "done\n"

    def write(self):
        self.file.write_text("# the school's post\n" + "".join(f"{k} = {v}\n" for k, v in self.settings.items() if v))
        self.file.chmod(0o600)

    def start(self, clock, day="2026-09-01"):
        self.write()
        ready = self.dir / "ready"
        ready.unlink(missing_ok=True)
        self.log = open(self.dir / "letopisd.log", "a")
        self.server = subprocess.Popen(
            [LETOPISD, "--data", self.dir, "--listen", "127.0.0.1:0", "--ready-file", ready, "--mail", self.file,
             "--demo-clock", f"{day}T{clock}:00+03:00"], stdout=self.log, stderr=self.log)
        started.append(self.server)
        until(lambda: ready.exists() or self.server.poll() is not None)
        return self.server

    def serve(self, clock, day="2026-09-01"):
        self.start(clock, day)
        assert self.server.poll() is None, (self.dir / "letopisd.log").read_text()
        until(lambda: self.rows() is not None and "просмотрены" in self.said and self.looked())

    def looked(self):
        words = self.said.split()
        at = words.index("до")
        return words[at + 1] == words[at + 3]

    def stop(self, how=signal.SIGTERM):
        self.server.send_signal(how)
        self.server.wait(30)

    def rows(self):
        done = subprocess.run([LETOPIS, "outbox", self.dir / "schools" / "school", "--all"], capture_output=True,
                              text=True)
        self.said = done.stderr
        if done.returncode != 0:
            return None
        names = "id state way kind attempts status queued next seq account reason".split()
        return [dict(zip(names, line.split("\t"))) for line in done.stdout.splitlines()]

    def states(self):
        return sorted((r["kind"], r["state"]) for r in self.rows())

    def settle(self, *wanted):
        try:
            until(lambda: self.states() == sorted(wanted))
        except AssertionError:
            raise AssertionError(f"{self.states()} instead of {sorted(wanted)}\n{self.rows()}\n"
                                 + (self.dir / "letopisd.log").read_text()[-1500:])

    def close(self):
        if self.server.poll() is None:
            self.stop()
        self.maker.stdin.close()
        self.maker.wait(30)
        self.smtp.stop()
        self.gate.shutdown()


def a_mark_becomes_one_letter_over_tls():
    w = World("letter")
    w.do("mark 5")
    w.serve("12:30")
    w.settle(("mark", "sent"))
    (m,) = w.box.taken
    assert m["to"] == "anna@example.org" and "<journal@school.example>" in m["from"], m.as_string()
    assert m["auto-submitted"] == "auto-generated" and m.get_content_type() == "text/plain"
    assert m["message-id"].endswith("@school.example>") and m["subject"] == "Анна А.: отметка", m["subject"]
    text = m.get_content()
    assert "Математика, 01.09, урок 1: отметка 5" in text and "https://journal.example/school" in text
    assert "Абрамова" not in text and "Учителева" not in text, "a family name in a letter"
    assert w.box.logins == [True]
    w.stop()
    w.serve("12:40")  # a restart sends nothing again
    time.sleep(1)
    assert len(w.box.taken) == 1
    log = (w.dir / "letopisd.log").read_text()
    assert "anna@" not in log and "secret-of" not in log and "Анна" not in log
    w.close()


def what_fails_for_a_while_is_sent_later_and_what_is_refused_is_not():
    w = World("failures")
    w.box.plan = ["450 4.2.1 try later", "rcpt 451 4.3.0 greylisted", "250 OK"]
    w.do("mark 5")
    w.serve("12:30")
    w.settle(("mark", "sent"))
    assert w.rows()[0]["attempts"] == "3" and len(w.box.taken) == 1
    w.stop()
    w.box.plan = ["rcpt 550 5.1.1 no such user"]
    w.do("mark 4")
    w.serve("12:40")
    w.settle(("mark", "sent"), ("mark", "failed"))
    assert [r["status"] for r in w.rows() if r["state"] == "failed"] == ["550"]
    w.close()


def a_server_without_a_certificate_that_holds_gets_nothing():
    w = World("stranger", ca="")
    w.do("mark 5")
    w.serve("12:30")
    until(lambda: int(w.rows()[0]["attempts"]) >= 2)
    assert w.rows()[0]["state"] in ("queued", "sending") and not w.box.taken and not w.box.logins
    w.close()


def killed_between_intent_and_acknowledgement_a_letter_is_known_by_its_id():
    w = World("killed")
    w.box.plan = ["hang"]
    w.do("mark 5")
    w.start("12:30")
    assert w.box.hanging.wait(40)
    w.stop(signal.SIGKILL)
    assert [r["state"] for r in w.rows()] == ["handing"]
    w.serve("12:40")
    w.settle(("mark", "sent"))
    assert len(w.box.taken) == 2 and len(w.box.unique()) == 1
    assert "repeated" in w.rows()[0]["reason"]
    w.close()


def killed_at_any_moment_none_is_lost_and_none_is_made_twice():
    w = World("kills")
    for i in range(12):
        w.do(f"mark {2 + i % 4}")
        w.start("12:30" if i < 6 else "13:30")
        time.sleep(0.1 + 0.13 * i)
        w.stop(signal.SIGKILL)
    w.serve("14:00")
    w.settle(*[("mark", "sent")] * 12)
    assert len(w.box.unique()) == 12
    w.close()


def an_sms_says_little_and_leaves_once():
    w = World("sms")
    w.do("phone", "mark 5")
    Gateway.plan = [500, 200]
    w.serve("12:30")
    w.settle(("mark", "sent"))
    ((token, body),) = Gateway.got
    assert token == "Bearer token-of-the-gate" and body["to"] == "+79990001122"
    assert body["text"] == "А. А.: изменения в дневнике https://journal.example/school", body
    assert body["id"] == w.rows()[0]["id"]
    assert not w.box.taken
    w.close()


def an_sms_of_unknown_fate_is_not_sent_twice_to_a_gateway_without_ids():
    w = World("unsure", sms_body='{"to":"{phone}","text":"{text}"}')
    w.do("phone", "mark 5")
    Gateway.plan = ["hang"]
    w.start("12:30")
    until(lambda: Gateway.got)
    w.stop(signal.SIGKILL)
    w.serve("12:40")
    w.settle(("mark", "unknown"))
    assert len(Gateway.got) == 1
    w.close()


def at_night_it_waits():
    w = World("night")
    w.do("mark 5")
    w.serve("22:00")
    until(lambda: w.rows()[0]["reason"] == "quiet")
    assert w.rows()[0]["state"] == "queued" and w.rows()[0]["next"] == "2026-09-02T07:00:00", w.rows()
    w.stop()
    w.serve("07:01", "2026-09-02")
    w.settle(("mark", "sent"))
    w.stop()
    w.do("quiet 600 840", "mark 4")  # the family's own hours: 10 to 14
    w.serve("12:00", "2026-09-02")
    until(lambda: any(r["next"] == "2026-09-02T14:00:00" for r in w.rows()))
    w.close()


def what_was_announced_and_fell_is_corrected_and_what_had_not_left_never_does():
    w = World("corrections")
    w.do("mark 3", "steal 5")
    w.serve("12:30")
    w.settle(("mark", "sent"), ("mark", "sent"))
    w.stop()
    w.do("void")
    w.serve("13:00")
    w.settle(("mark", "sent"), ("mark", "sent"), ("correction", "sent"))
    m = w.box.taken[-1]
    assert m["subject"] == "Анна А.: уточнение"
    assert "отметка – было: 5, стало: 3" in m.get_content()
    w.close()
    w = World("cancelled")
    w.do("mark 3", "withdraw")
    w.serve("12:30")
    w.settle(("mark", "cancelled"))
    assert w.rows()[0]["reason"] == "consent" and not w.box.taken
    w.close()


def the_week_is_told_on_saturday():
    w = World("week")
    w.do("mark 5")
    w.serve("12:30")
    w.settle(("mark", "sent"))
    w.stop()
    w.serve("15:05", "2026-09-05")
    w.settle(("mark", "sent"), ("digest", "sent"))
    assert "Математика: 5" in w.box.taken[-1].get_content()
    w.stop()
    w.serve("16:00", "2026-09-06")
    time.sleep(1)
    assert w.states() == [("digest", "sent"), ("mark", "sent")]
    w.close()


def a_file_that_others_may_read_is_refused():
    w = World("file")
    w.file.chmod(0o640)
    done = subprocess.run([LETOPISD, "--data", w.dir, "--listen", "127.0.0.1:0", "--mail", w.file],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "chmod 600" in done.stderr, done.stderr
    for text, said in [("smtp = http://x\nfrom = a@b\n", "smtp wants"), ("sms = http://x\n", "https://"),
                       ("password = very-secret\nnonsense = 1\n", "nonsense"), ("", "neither")]:
        w.file.unlink()
        w.file.write_text(text)
        w.file.chmod(0o600)
        done = subprocess.run([LETOPISD, "--data", w.dir, "--listen", "127.0.0.1:0", "--mail", w.file],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and said in done.stderr and "very-secret" not in done.stderr, done.stderr
    w.close()


shutil.rmtree(WORK, ignore_errors=True)
WORK.mkdir(parents=True)
CERT = certificate()
for test in (a_mark_becomes_one_letter_over_tls,
             what_fails_for_a_while_is_sent_later_and_what_is_refused_is_not,
             a_server_without_a_certificate_that_holds_gets_nothing,
             killed_between_intent_and_acknowledgement_a_letter_is_known_by_its_id,
             killed_at_any_moment_none_is_lost_and_none_is_made_twice,
             an_sms_says_little_and_leaves_once,
             an_sms_of_unknown_fate_is_not_sent_twice_to_a_gateway_without_ids,
             at_night_it_waits,
             what_was_announced_and_fell_is_corrected_and_what_had_not_left_never_does,
             the_week_is_told_on_saturday,
             a_file_that_others_may_read_is_refused):
    promise(test, end_started)
os._exit(told())
