"""What the end-to-end tests share: running a command, trying a promise, telling how many held."""
import csv, json, pathlib, subprocess, sys, traceback

_passed = _failed = _revised = 0


def run(*command, ok=True, **options):
    """Runs it without standard input; with `ok` it must succeed. `options` go to subprocess.run."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600,
                          stdin=subprocess.DEVNULL, **options)
    assert not ok or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr[-2000:]}"
    return done


def status(letopis, school):
    """What `letopis status` says of the school, by name."""
    return dict(line.split("=", 1) for line in run(letopis, "status", school).stdout.split())


def audited(audit, school, vkey, ok=True):
    """The report of `letopis-audit verify`, which must find that all holds, or (`ok` false) that something does not."""
    done = run(audit, "verify", school, "--vkey", vkey, "--json", "--quiet", ok=False, start_new_session=True)
    report = json.loads(done.stdout)
    assert report["ok"] == ok and done.returncode == (0 if ok else 1), report
    return report


def revised_plan(data, folder):
    """A data set of one file, the plan with every topic worded anew: what makes an imported log grow again."""
    global _revised
    _revised += 1
    with open(pathlib.Path(data) / "plan.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    with open(pathlib.Path(folder) / "plan.csv", "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows({**row, "topic": f"{row['topic']} ({_revised})"} for row in rows)
    return folder


def promise(test, clean_up=lambda: None):
    """Runs one test and counts it; `clean_up` follows a failure."""
    global _passed, _failed
    try:
        test()
        _passed += 1
    except Exception:
        _failed += 1
        clean_up()
        print(f"FAILED {test.__name__}")
        traceback.print_exc(limit=4, file=sys.stdout)
    sys.stdout.flush()


def told():
    """Prints "N passed, N failed"; returns the exit status."""
    print(f"{_passed} passed, {_failed} failed", flush=True)
    return 1 if _failed else 0
