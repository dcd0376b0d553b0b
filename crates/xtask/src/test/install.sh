# Installs the packages named as arguments, as root, and leaves nothing listening.
set -eu
export DEBIAN_FRONTEND=noninteractive

# Debian starts a service as soon as it is installed, unless this script forbids it.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi

apt-get -q -o Acquire::Retries=3 update
apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"

# Nor may it start with the next boot. A package that has a service names it after itself.
if [ -d /run/systemd/system ]; then
    for package in "$@"; do
        systemctl disable --now "$package" || true
    done
fi
