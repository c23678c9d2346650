#!/bin/sh
# SPDX-License-Identifier: MIT
#
# From a source tree to a running engine, or to a tested one, on a fresh Debian:
#
#     sh packaging/quickstart.sh run [OPTIONS]   # options of `mission-control-audio run`
#     sh packaging/quickstart.sh test [STAGE...]
#
# Installs only the packages that are missing (root, or sudo), so a second run needs no network.
# `test` runs all stages, cheap ones first, or those that are named:
#
#     lint      the build with gcc, and the rules of the source tree
#     gcc       every suite of that build
#     arm64     the bytes of the sound, built for aarch64 and run by an emulator
#     clang     the build with clang, and every suite
#     asan      the same with AddressSanitizer and UndefinedBehaviorSanitizer
#     tsan      the same with ThreadSanitizer
#     debian13  lint and gcc in a fresh minimal Debian 13, as an ordinary user, then without network
#     debian12  the same in Debian 12; only when it is named
#     system    the package in virtual machines
#
# Its last line is "N passed, N failed, N skipped", summed over the stages; each skip is listed with
# its reason.
# shellcheck disable=SC1091,SC2086  # lists of packages are split into words on purpose
set -u
cd "$(dirname "$0")/.." || exit 1

build_packages='gcc libc6-dev meson ninja-build pkgconf
libasound2-dev libcivetweb-dev libjansson-dev libsndfile1-dev libsystemd-dev'
test_packages="$build_packages python3 espeak-ng alsa-utils systemd"
# The package and the virtual machines that it is installed in.
system_packages='build-essential debhelper lintian qemu-system-x86 mmdebstrap cpio e2fsprogs kmod'
root_packages='mmdebstrap iproute2'
arm64_packages='gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user'
all_stages='lint gcc arm64 clang asan tsan debian13 system'

say() {
	printf '%s\n' "quickstart: $*" >&2
}

fail() {
	say "$*"
	exit 1
}

usage() {
	printf '%s\n' 'usage: sh packaging/quickstart.sh run [OPTIONS]' \
		'       sh packaging/quickstart.sh test [STAGE...]' \
		"stages: $all_stages; also debian12" >&2
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

# add NAME PASSED FAILED SKIPPED: one stage into the sums.
add() {
	printf '%s: %s passed, %s failed, %s skipped in %s s\n' "$1" "$2" "$3" "$4" \
		$(($(date +%s) - began))
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
}

# suite NAME BUILD SELECTION OPTIONS...: build with these meson options in build-BUILD and run the
# tests that the selection names.
suite() {
	name=$1 folder=build-$2 selection=$3
	shift 3
	rm -f "$folder/meson-logs/testlog.json"
	counts='0 1 0'
	if configure "$folder" "$@" >"$folder.log" 2>&1 &&
		ninja -C "$folder" >>"$folder.log" 2>&1; then
		$personality meson test -C "$folder" --no-rebuild --print-errorlogs $selection \
			--timeout-multiplier "$patience" </dev/null
		tally=$(python3 tests/support/tally.py --skips "$folder/meson-logs/testlog.json") ||
			tally=$counts
		printf '%s\n' "$tally" | sed 1d
		counts=$(printf '%s\n' "$tally" | sed -n 1p)
	else
		cat "$folder.log"
		say "the $name build failed"
	fi
	add "$name" $counts
}

# script NAME COMMAND...: a stage whose last line is "N passed, N failed, N skipped".
script() {
	name=$1
	shift
	"$@" </dev/null 2>&1 | tee "build-$name.log"
	sum='\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped'
	counts=$(sed -n "\$s/^$sum\$/\1 \2 \3/p" "build-$name.log")
	add "$name" ${counts:-0 1 0}
}

packages_of() {
	case $1 in
	clang) echo clang ;;
	# On aarch64 itself every other stage compares these bytes, and this one is skipped.
	arm64) [ "$(dpkg --print-architecture)" = arm64 ] || echo $arm64_packages ;;
	debian1[23]) echo $root_packages ;;
	system) echo $system_packages ;;
	esac
}

stage() {
	printf '\n== %s ==\n' "$1"
	began=$(date +%s) personality='' patience=2
	case $1 in
	lint) CC=gcc suite lint gcc '--suite lint' -Dwerror=true ;;
	gcc) CC=gcc suite gcc gcc '--no-suite lint' -Dwerror=true ;;
	clang) CC=clang suite clang clang '' -Dwerror=true ;;
	# Sanitizers make gcc see null pointers where there are none: their warnings are no errors.
	asan)
		patience=5
		CC=gcc suite asan asan '' -Db_sanitize=address,undefined
		;;
	# The ThreadSanitizer of gcc 12 fails under the address randomisation of newer kernels.
	tsan)
		patience=5
		setarch -R true 2>/dev/null && personality='setarch -R'
		CC=gcc suite tsan tsan '' -Db_sanitize=thread
		;;
	arm64) script arm64 python3 tests/dsp/aarch64.py ;;
	debian12) script debian12 as_root sh tests/roots/run bookworm ;;
	debian13) script debian13 as_root sh tests/roots/run trixie ;;
	system) script system as_root sh tests/system/run ;;
	esac
}

run_tests() {
	[ $# -gt 0 ] || set -- $all_stages
	wanted=$test_packages
	for name in "$@"; do
		case " $all_stages debian12 " in *" $name "*) ;; *) usage ;; esac
		wanted="$wanted $(packages_of "$name")"
	done
	need $wanted
	export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
	export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
	export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
	start=$(date +%s)
	for wanted in "$@"; do stage "$wanted"; done
	printf '\nall: %s s\n' $(($(date +%s) - start))
	printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

case ${1-} in
run) shift && run "$@" ;;
test) shift && run_tests "$@" ;;
*) usage ;;
esac
