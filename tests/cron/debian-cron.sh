#!/usr/bin/env bash
# Debian's own cron runs a workspace for three minutes, with the line that `tidings cron --every 1m` prints.
#
#   tests/cron/debian-cron.sh PROGRAM PYTHON     the program, and a Python that has aiosmtpd; about four minutes, as root
#
# Three campaigns are due, one in each minute, for two people each. Then: every letter left once and in its minute, cron mailed nobody,
# the status file is fresh. In the fourth minute the settings are broken, and cron has to mail: so silence was no accident.
#
# The daemon is a child of this script and ends with it. It sees a `/etc`, a spool and a sendmail of its own (a mount namespace), so that
# nobody's crontab is touched, no other job runs, and no mail leaves this machine. Where no namespace is allowed, the real files are laid
# aside and put back at the end.
set -euo pipefail
exec </dev/null
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
    echo "debian-cron: $*" >&2
    exit 1
}

[ $# -eq 2 ] || fail 'wanted: PROGRAM PYTHON'
program=$(realpath "$1")
python=$2
[ -x "$program" ] || fail "there is no program $1"
"$python" -c 'import aiosmtpd' || fail "$python has no aiosmtpd"
[ -x /usr/sbin/cron ] || fail 'cron is not installed'
[ "$(id -u)" -eq 0 ] || fail 'only root may start cron'

# Once more, where mounts are this script's own.
if [ -z "${TIDINGS_OWN_MOUNTS:-}" ]; then
    if unshare --mount --propagation private true 2>/dev/null; then
        TIDINGS_OWN_MOUNTS=yes exec unshare --mount --propagation private "$0" "$program" "$python"
    fi
    TIDINGS_OWN_MOUNTS=no exec "$0" "$program" "$python"
fi

place=$(mktemp -d)
mails=$place/mails
record=$place/record
workspace="$place/Mill Lane, Bäder 50 % & more"
status="$place/status of mail.json"
log="$place/run log.txt"
mkdir -p "$mails" "$workspace"
children=()
undo=()

tidy() {
    local ended=$? step
    for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
    wait 2>/dev/null || true
    for ((step = ${#undo[@]} - 1; step >= 0; step--)); do eval "${undo[step]}"; done
    if [ "$ended" -ne 0 ]; then
        cat "$log" "$status" "$mails"/* "$place/cron.said" >&2 2>/dev/null || true
    fi
    rm -rf "$place"
}
trap tidy EXIT
trap 'exit 1' INT TERM HUP

# own TARGET SOURCE: SOURCE stands in TARGET's place, for this script or until it ends.
own() {
    local target=$1 source=$2
    if [ ! -e "$target" ]; then
        cp -a "$source" "$target"
        undo+=("rm -rf '$target'")
    elif [ "$TIDINGS_OWN_MOUNTS" = yes ]; then
        mount --bind "$source" "$target"
        undo+=("umount '$target'")
    else
        mv "$target" "$target.aside-of-tidings"
        undo+=("rm -rf '$target'; mv '$target.aside-of-tidings' '$target'")
        cp -a "$source" "$target"
    fi
}

# Whoever has a daemon already, and cannot have one apart, keeps it.
if [ "$TIDINGS_OWN_MOUNTS" = no ] && pgrep -x cron >/dev/null; then
    fail 'a cron is running here, and this machine allows no mounts to keep it apart from'
fi

cat >"$place/sendmail" <<STUB
#!/bin/sh
exec head -c 100000 >"$mails/\$\$"
STUB
chmod 755 "$place/sendmail"
mkdir -p "$place/spool" "$place/cron.d"
chgrp crontab "$place/spool"
chmod 1730 "$place/spool"
: >"$place/crontab"
: >"$place/crond.pid"
own /usr/sbin/sendmail "$place/sendmail"
own /var/spool/cron/crontabs "$place/spool"
own /etc/cron.d "$place/cron.d"
own /etc/crontab "$place/crontab"
own /run/crond.pid "$place/crond.pid"

# ── the relay

"$python" "$here/../peers/aiosmtpd_server.py" --tls none --record "$record" --certificate - --key - >"$place/port" &
children+=($!)
for _ in $(seq 100); do
    [ -s "$place/port" ] && break
    sleep 0.1
done
port=$(cat "$place/port")
[ -n "$port" ] || fail 'the relay does not start'

# ── the workspace

cat >"$workspace/tidings.yaml" <<YAML
clinic:
  name: Mill Lane Clinic
  postal_address: 12 Mill Lane, Bath
  contact: hello@mill-lane.example
  jurisdiction: GB
sender: {from: Mill Lane Clinic <tips@mill-lane.example>}
timezone: Etc/UTC
unsubscribe: {mailto: unsubscribe@mill-lane.example, read_by_hand: true}
relay: {host: 127.0.0.1, port: $port, tls: none, test: true}
YAML
mkdir -p "$workspace/templates" "$workspace/subscribers"
cat >"$workspace/templates/letter.html" <<'HTML'
<html><body><p>{{ greeting }}</p>
{{ article.html }}
<p>{{ clinic.name }}, {{ clinic.postal_address }}</p>
<p><a href="{{ unsubscribe.link }}">Unsubscribe</a></p></body></html>
HTML
cat >"$workspace/subscribers/patients.csv" <<'CSV'
email,first_name,last_name,city,joined,consent,consent_date,consent_source
ann@patients.example,Ann,Archer,Bath,2025-03-01,yes,2025-03-01,front desk
ben@patients.example,Ben,Baker,Bath,2025-03-01,yes,2025-03-01,front desk
CSV
people=2

# The first whole minute that cron will be up in time for.
now=$(date +%s)
first=$(((now / 60 + 1) * 60))
if [ $((first - now)) -lt 20 ]; then first=$((first + 60)); fi

for number in 1 2 3; do
    due=$((first + (number - 1) * 60))
    campaign=$workspace/campaigns/minute-$number
    mkdir -p "$campaign"
    cat >"$campaign/campaign.yaml" <<YAML
id: m1nute$number
title: Minute $number
audience: {lists: [patients]}
template: letter
schedule: {date: $(date -u -d "@$due" +%F), at: "$(date -u -d "@$due" +%H:%M)"}
articles: [{file: text.md}]
YAML
    cat >"$campaign/text.md" <<MARKDOWN
---
id: text-$number
title: All about minute $number
subject: All about minute $number
preheader: A line of at least forty characters that says what it is.
---

A text on minute $number, short and kind.
MARKDOWN
done
"$program" -C "$workspace" check >"$place/check.said" 2>&1 || fail "$(cat "$place/check.said")"

# ── cron

"$program" -C "$workspace" cron --every 1m --log-file "$log" --status-file "$status" >"$place/lines"
crontab -u root "$place/lines" || fail 'crontab refuses the line'
[ "$(find /var/spool/cron/crontabs -type f | wc -l)" -eq 1 ] || fail 'the crontab went elsewhere'
/usr/sbin/cron -f -L 15 >"$place/cron.said" 2>&1 &
children+=($!)
echo "debian-cron: began at $(date -u +%T) with: $(tail -n 1 "$place/lines")"

letters() { if [ -e "$record" ]; then wc -l <"$record"; else echo 0; fi; }

# until_moment SECONDS
until_moment() {
    while [ "$(date +%s)" -lt "$1" ]; do
        kill -0 "${children[1]}" 2>/dev/null || fail "cron has ended: $(cat "$place/cron.said")"
        sleep 1
    done
}

# until_true WHAT COMMAND…: half a minute at most.
until_true() {
    local what=$1
    shift
    for _ in $(seq 150); do
        if "$@"; then return; fi
        sleep 0.2
    done
    fail "waited in vain for $what"
}

have_letters() { [ "$(letters)" -ge "$1" ]; }
is_over() { [ "$(grep -c 'run ended with exit code 0' "$log" 2>/dev/null)" -ge "$1" ]; }

for number in 1 2 3; do
    until_moment $((first + (number - 1) * 60))
    until_true "the letters of minute $number" have_letters $((number * people))
    until_true "the end of the run of minute $number" is_over "$number"
    [ "$(letters)" -eq $((number * people)) ] || fail "$(letters) letters after minute $number"
done

# Each letter once, and each edition in its own minute.
"$python" - "$record" <<'PYTHON'
import collections, email, email.policy, json, sys

letters = collections.Counter()
for line in open(sys.argv[1]):
    taken = json.loads(line)
    letter = email.message_from_bytes(taken["letter"].encode("latin-1"), policy=email.policy.default)
    for recipient in taken["recipients"]:
        letters[recipient, letter["subject"]] += 1
wanted = {(f"{who}@patients.example", f"All about minute {n}") for who in ("ann", "ben") for n in (1, 2, 3)}
assert set(letters) == wanted, letters
assert set(letters.values()) == {1}, letters
PYTHON
for number in 1 2 3; do
    due=$(date -u -d "@$((first + (number - 1) * 60))" +%FT%H:%M)
    grep -q "^$due.*minute-$number/text-$number.: begun" "$log" || fail "edition $number did not begin at $due"
done
[ -z "$(ls "$mails")" ] || fail 'cron mailed although all was well'

# fresh CODE: the status is of the last minute and has this exit code.
fresh() {
    "$python" - "$status" "$1" <<'PYTHON'
import datetime, json, os, sys

status = json.load(open(sys.argv[1]))
age = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(status["finished_at"][:19] + "+00:00")
is_private = os.stat(sys.argv[1]).st_mode & 0o077 == 0
sys.exit(not (status["exit_code"] == int(sys.argv[2]) and age.total_seconds() < 75 and is_private))
PYTHON
}
fresh 0 || fail 'the status is not fresh'
echo "proof| cron | letters that Debian's cron sent in three minutes, each once | $(letters)"
echo "proof| cron | mails from cron meanwhile | $(ls "$mails" | wc -l)"

# ── and could it have failed?

sed -i 's/^clinic:/klinik:/' "$workspace/tidings.yaml"
until_moment $((first + 180))
has_mailed() { [ -n "$(ls "$mails")" ] && grep -q 'tidings.yaml:1:1: error:' "$mails"/*; }
until_true 'a mail from cron on broken settings' has_mailed
grep -q '^Subject: Cron <root@.*run --log-file' "$mails"/* || fail 'the mail is not from cron'
fresh 65 || fail 'the status does not tell of the broken settings'
[ "$(letters)" -eq $((3 * people)) ] || fail 'a letter left after all'
echo "proof| cron | mails from cron once the settings were broken | $(ls "$mails" | wc -l)"
echo "debian-cron: well after $(($(date +%s) - now)) s"
