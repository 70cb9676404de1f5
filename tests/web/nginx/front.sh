#!/usr/bin/env bash
# A real nginx with TLS in front of the page: what the page promises holds through it.
#
#   SERVER=… CURL=… BACK=127.0.0.1:PORT FRONT=PORT CERTIFICATE=… KEY=… AUTHORITY=… tests/web/nginx/front.sh FOLDER
#
# FOLDER holds `tokens`, one a line, and is nginx's own. The first letter's page is only looked at; all others are stopped. Ends the
# one process that it starts.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1
mapfile -t tokens <"$folder/tokens"
url=https://riverside.example:$FRONT/u

sed -e "s|FRONT|$FRONT|; s|BACK|$BACK|; s|CERTIFICATE|$CERTIFICATE|; s|KEY|$KEY|" "$here/nginx.conf" >"$folder/nginx.conf"
"$SERVER" -p "$folder" -c "$folder/nginx.conf" 2>"$folder/said" &
nginx=$!
trap 'kill -QUIT "$nginx" 2>/dev/null || true; wait "$nginx" 2>/dev/null || true' EXIT

ask() {
    "$CURL" --silent --show-error --max-time 30 --cacert "$AUTHORITY" --connect-to "riverside.example:$FRONT:127.0.0.1:$FRONT" \
        --output "$folder/page" --write-out '%{http_code}' "$@"
}

wants() {
    local status=$1 words=$2 got
    shift 2
    got=$(ask "$@") || true
    if [ "$got" != "$status" ] || ! grep -q -F -- "$words" "$folder/page"; then
        printf 'wanted %s and `%s` of %s, got %s:\n' "$status" "$words" "$*" "$got" >&2
        cat "$folder/page" "$folder/said" >&2
        exit 1
    fi
}

for _ in $(seq 100); do
    if [ "$(ask "$url/healthz" 2>/dev/null)" = 200 ]; then break; fi
    kill -0 "$nginx" 2>/dev/null || { cat "$folder/said" >&2; exit 1; }
    sleep 0.1
done
wants 200 ok "$url/healthz"

click='List-Unsubscribe=One-Click'
stopped='These letters have stopped'
wants 200 'Nothing has been changed yet' "$url/${tokens[0]}"
wants 200 'Nothing has been changed yet' -X GET -d "$click" "$url/${tokens[0]}?do=stop"
wants 200 "$stopped" -d "$click" "$url/${tokens[1]}"
wants 200 "$stopped" -F "$click" "$url/${tokens[2]}"
wants 404 'This link does not work' -d "$click" "$url/${tokens[0]}A"
wants 413 '' -d "$click" -d "x=$(head -c 9000 /dev/zero | tr '\0' a)" "$url/${tokens[0]}"
wants 400 '' -H "X-Long: $(head -c 20000 /dev/zero | tr '\0' a)" "$url/${tokens[0]}"

# Whoever sends slowly: at the page itself, past nginx, is cut off in time.
began=$SECONDS
exec 3<>"/dev/tcp/${BACK%:*}/${BACK#*:}"
printf 'POST /u/%s HTTP/1.1\r\nHost: r\r\nContent-Length: 26\r\n\r\nList' "${tokens[0]}" >&3
timeout 20 cat <&3 >"$folder/slow" || true
exec 3>&-
if [ $((SECONDS - began)) -gt 14 ]; then echo 'a slow client was not cut off' >&2; exit 1; fi

# All the others at once, over TLS: each answer means that the wish is on the disk.
began=$(date +%s%N)
printf '%s\n' "${tokens[@]:3}" >"$folder/rest"
{
    echo 'parallel'
    while read -r token; do
        printf 'next\nsilent\nurl = "%s/%s"\ndata = "%s"\noutput = "/dev/null"\nwrite-out = "%%{http_code}\\n"\ncacert = "%s"\nconnect-to = "riverside.example:%s:127.0.0.1:%s"\n' \
            "$url" "$token" "$click" "$AUTHORITY" "$FRONT" "$FRONT"
    done <"$folder/rest"
} | sed '2d' >"$folder/all"
"$CURL" --silent --show-error --max-time 60 --parallel --parallel-immediate --parallel-max 200 --config "$folder/all" >"$folder/answers"
took=$((($(date +%s%N) - began) / 1000000))
good=$(grep -c '^200$' "$folder/answers" || true)
if [ "$good" -ne $((${#tokens[@]} - 3)) ]; then
    sort "$folder/answers" | uniq -c >&2
    cat "$folder/said" >&2
    exit 1
fi
echo "proof| web | presses at once through nginx and TLS, all answered 200 | $good in $took ms"
echo "proof| web | nginx | $("$SERVER" -v 2>&1 | sed 's/.*: //')"
