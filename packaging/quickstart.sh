#!/bin/sh
# SPDX-License-Identifier: MIT
#
# From a source tree to a running engine, or to a tested one, on a fresh Debian:
#
#     sh packaging/quickstart.sh run [OPTIONS]   # options of `mission-control-audio run`
#     sh packaging/quickstart.sh test
#
# Installs only the packages that are missing (root, or sudo), so a second run needs no network.
# The last line of `test` is "N passed, N failed", summed over every build it tested.
# shellcheck disable=SC1091,SC2086  # lists of packages are split into words on purpose
set -u
cd "$(dirname "$0")/.." || exit 1

build_packages='gcc libc6-dev meson ninja-build pkgconf
libasound2-dev libcivetweb-dev libjansson-dev libsndfile1-dev libsystemd-dev'
test_packages="$build_packages python3 clang espeak-ng alsa-utils systemd"
# The package and the virtual machines that it is installed in.
system_packages='dpkg-dev debhelper lintian qemu-system-x86 mmdebstrap cpio e2fsprogs kmod'

say() {
	printf '%s\n' "quickstart: $*" >&2
}

fail() {
	say "$*"
	exit 1
}

usage() {
	printf '%s\n' 'usage: sh packaging/quickstart.sh run [OPTIONS]' \
		'       sh packaging/quickstart.sh test' >&2
	exit 2
}

# Prints those of its arguments that are not installed.
missing() {
	for package in "$@"; do
		case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
		'ii '*) ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

# True on Debian 12 or newer (testing and unstable have no number) and what is made from it.
is_debian() {
	(
		ID='' ID_LIKE='' VERSION_ID=''
		[ -r /etc/os-release ] && . /etc/os-release
		case " $ID $ID_LIKE " in *' debian '*) ;; *) exit 1 ;; esac
		[ "$ID" != debian ] || [ "${VERSION_ID:-99}" -ge 12 ]
	) && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		command -v sudo >/dev/null || fail "run me as root, or install sudo; I need: $*"
		sudo "$@"
	fi
}

need() {
	is_debian || fail "I can only install on Debian 12 or newer; elsewhere install what these" \
		"Debian packages hold, then meson setup build, ninja -C build:" "$*"
	absent=$(missing "$@")
	[ -n "$absent" ] || return 0
	say "installing $absent"
	as_root apt-get update -q || say 'apt-get update failed, going on with what is here'
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends $absent ||
		fail "apt-get could not install $absent: are network and sources list right?"
}

# configure FOLDER OPTIONS...: a build folder with these options, whether it exists or not.
configure() {
	folder=$1
	shift
	if [ -f "$folder/build.ninja" ]; then
		meson setup --reconfigure "$folder" "$@"
	else
		meson setup "$folder" "$@"
	fi
}

has_sound_card() {
	[ -s /proc/asound/pcm ]
}

run() {
	need $build_packages
	[ -f build/build.ninja ] || meson setup build || exit 1
	ninja -C build src/mission-control-audio || exit 1
	case " $*" in *' --config'*) exec build/src/mission-control-audio run "$@" ;; esac
	if [ -f config.json ] && has_sound_card; then
		exec build/src/mission-control-audio run --config config.json "$@"
	fi
	why='there is no config.json'
	has_sound_card || why='this machine has no sound card'
	say "$why: running config.example.json on the simulated cards"
	exec build/src/mission-control-audio run --simulate --config config.example.json "$@"
}

passed=0 failed=0 skipped=0

# suite NAME OPTIONS...: build with these meson options and test; adds to the sums.
suite() {
	name=$1 log=build-$1/meson-logs/testlog.json
	shift
	printf '\n== %s ==\n' "$name"
	began=$(date +%s)
	rm -f "$log"
	if configure "build-$name" "$@" >"build-$name.log" 2>&1 &&
		ninja -C "build-$name" >>"build-$name.log" 2>&1; then
		$personality meson test -C "build-$name" --no-rebuild --print-errorlogs \
			--timeout-multiplier "$patience" </dev/null
		counts=$(python3 tests/support/tally.py "$log") || counts='0 1 0'
	else
		cat "build-$name.log"
		say "the $name build failed"
		counts='0 1 0'
	fi
	set -- $counts
	printf '%s: %s passed, %s failed, %s skipped in %s s\n' "$name" "$1" "$2" "$3" \
		$(($(date +%s) - began))
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# The package of this tree, installed and driven on a real kernel; adds to the sums.
system() {
	printf '\n== system ==\n'
	began=$(date +%s)
	sh tests/system/run | tee build-system.log
	sum='\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped'
	counts=$(sed -n "\$s/$sum/\1 \2 \3/p" build-system.log)
	set -- ${counts:-0 1 0}
	printf 'system: %s passed, %s failed, %s skipped in %s s\n' "$1" "$2" "$3" \
		$(($(date +%s) - began))
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

run_tests() {
	need $test_packages $system_packages
	export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
	export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
	export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
	personality='' patience=2
	CC=gcc suite gcc -Dwerror=true
	CC=clang suite clang -Dwerror=true
	# Sanitizers make gcc see null pointers where there are none: their warnings are no errors.
	patience=5
	CC=gcc suite asan -Db_sanitize=address,undefined
	# The ThreadSanitizer of gcc 12 fails under the address randomisation of newer kernels.
	setarch -R true 2>/dev/null && personality='setarch -R'
	CC=gcc suite tsan -Db_sanitize=thread
	system
	printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

case ${1-} in
run) shift && run "$@" ;;
test) [ $# -eq 1 ] || usage; run_tests ;;
*) usage ;;
esac
