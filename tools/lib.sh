# Shared by tools/quickstart and tools/check: packages, node, the web client, the build.
# Sourced by bash with `set -euo pipefail`; ROOT is the checkout.

BUILD_PACKAGES="gcc libc6-dev meson ninja-build pkg-config git python3 ca-certificates \
 liblmdb-dev libsodium-dev libmsgpack-dev libuv1-dev libh2o-dev libutf8proc-dev libcsv-dev libssl-dev \
 libcurl4-openssl-dev libpango1.0-dev libcairo2-dev libqrencode-dev libxlsxwriter-dev libzip-dev libexpat1-dev fonts-dejavu-core libcmocka-dev libjansson-dev libsqlite3-dev \
 libmicrohttpd-dev zlib1g-dev"
CHECK_PACKAGES="clang clang-format clang-tidy libclang-rt-14-dev chromium poppler-utils python3-aiosmtpd"
NODE_MAJOR_MIN=20

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "installing packages needs root or sudo: $*"
    fi
}

# Installs those of the named Debian packages that are missing.
need_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    say "Installing: ${missing[*]}"
    as_root apt-get update -qq >/dev/null || die "apt-get update failed; is there a network?"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >"$ROOT/build/apt.log" 2>&1 ||
        { tail -5 "$ROOT/build/apt.log" >&2; die "packages could not be installed (build/apt.log)"; }
}

# Node for building the web client: the machine's when it is new enough, else one from the npm
# registry, into the checkout.
need_node() {
    local major
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        need_packages nodejs npm
    fi
    major=$(node -p 'process.versions.node.split(".")[0]')
    if [ "$major" -lt "$NODE_MAJOR_MIN" ]; then
        if [ ! -x "$ROOT/build/node/node_modules/.bin/node" ]; then
            say "Node $major is too old for the web client's build: fetching Node 22 into build/node"
            mkdir -p "$ROOT/build/node"
            (cd "$ROOT/build/node" && npm install --silent --no-audit --no-fund --prefix . node@22 npm@10 >npm.log 2>&1) ||
                die "Node could not be fetched (build/node/npm.log)"
        fi
        export PATH="$ROOT/build/node/node_modules/.bin:$PATH"
    fi
}

# The web client, built into net/web/dist when its sources are newer.
need_web() {
    local web="$ROOT/net/web" stamp="$ROOT/net/web/dist/.built"
    need_node
    if [ ! -f "$web/node_modules/.installed" ] || [ "$web/package-lock.json" -nt "$web/node_modules/.installed" ]; then
        say "Installing the web client's packages"
        (cd "$web" && npm ci --silent --no-audit --no-fund >"$ROOT/build/npm.log" 2>&1) ||
            { tail -5 "$ROOT/build/npm.log" >&2; die "npm ci failed (build/npm.log)"; }
        touch "$web/node_modules/.installed"
    fi
    if [ ! -f "$stamp" ] || [ -n "$(find "$web/src" "$web/public" "$web/index.html" "$web/vite.config.ts" "$web/shell.config.ts" "$web/package-lock.json" -newer "$stamp" -print -quit)" ]; then
        say "Building the web client"
        (cd "$web" && npm run --silent build >"$ROOT/build/web.log" 2>&1) ||
            { tail -20 "$ROOT/build/web.log" >&2; die "the web client does not build (build/web.log)"; }
        touch "$stamp"
    fi
}

# Configures (once) and builds a build folder: need_build DIR CC [meson options …]
need_build() {
    local dir="$1" cc="$2" log
    log="$ROOT/build/$(basename "$dir")"
    shift 2
    if [ ! -f "$dir/build.ninja" ]; then
        CC="$cc" meson setup "$dir" "$ROOT" "$@" >"$log.setup.log" 2>&1 ||
            { tail -20 "$log.setup.log" >&2; die "meson setup failed ($log.setup.log)"; }
    fi
    ninja -C "$dir" >"$log.ninja.log" 2>&1 ||
        { grep -E 'error|FAILED' "$log.ninja.log" | head -20 >&2; die "the build failed ($log.ninja.log)"; }
}
