#!/usr/bin/env bash
# Makes sure that the programs of the operating system are there which pip cannot bring.
#   deploy/system.sh run    what `make demo` needs: a Python that can make a .venv
#   deploy/system.sh test   and what the tests need: mosquitto, a Chromium, PortAudio, a font that has Vietnamese
# Installs them with apt where it may (root, or sudo without a password); otherwise says in one line which are missing.
set -euo pipefail

missing=()
need() { # package, then a command that succeeds where it is there
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
library() { ldconfig -p | grep -q "$1"; }
mosquitto_there() { command -v mosquitto || test -x /usr/sbin/mosquitto; }
font_there() { fc-list ':lang=vi' | grep -q .; }

need python3-venv "${PYTHON:-python3}" -c 'import ensurepip, venv'
if [ "${1:-run}" = test ]; then
  need mosquitto mosquitto_there
  need chromium command -v chromium
  need libportaudio2 library libportaudio.so.2
  need fonts-noto-core font_there
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "Thiếu các gói / missing packages: ${missing[*]}. Hãy cài bằng trình quản lý gói của máy." >&2
  exit 1
elif [ "$(id -u)" = 0 ]; then
  as_root=()
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "Thiếu các gói / missing packages: hãy chạy  sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Đang cài các gói hệ thống / installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
