#!/usr/bin/env bash
# What RFC 8058 and a patient may rely on, asked with curl.
#
#   CURL=curl tests/web/matrix.sh URL SAMPLE TOKEN TOKEN TOKEN TOKEN
#
# URL is the page without a token, SAMPLE a test letter's token; the letters of the first three are stopped here, the fourth's are not.
set -euo pipefail
url=$1 sample=$2 form=$3 multipart=$4 page=$5 nobody=$6
curl=${CURL:-curl}
asked=0

# wants STATUS WORDS CURL-ARGUMENTS…: the status and, in the page, the words; no redirect, no cookie.
wants() {
    local status=$1 words=$2 told
    shift 2
    asked=$((asked + 1))
    told=$("$curl" --silent --show-error --max-time 30 --include "$@")
    if ! grep -q "^HTTP/1.[01] $status" <<<"$told" || ! grep -q -F -- "$words" <<<"$told"; then
        printf 'wanted %s and `%s` of %s, got:\n%s\n' "$status" "$words" "$*" "$told" >&2
        exit 1
    fi
    if grep -q -i -E '^(location|set-cookie|www-authenticate|server):' <<<"$told"; then
        printf 'a header that must not be there, of %s:\n%s\n' "$*" "$told" >&2
        exit 1
    fi
}

click='List-Unsubscribe=One-Click'
asks='Nothing has been changed yet'
stopped='These letters have stopped'

# Looking: nothing changes, whatever comes along.
for token in "$form" "$multipart" "$page" "$nobody"; do
    wants 200 "$asks" "$url/$token"
    wants 200 "$asks" -G -d "$click" "$url/$token"
    wants 200 "$asks" -X GET -d "$click" "$url/$token"
    wants 200 "$asks" -H 'Sec-Purpose: prefetch' "$url/$token"
    wants 200 'content-type: text/html' --head "$url/$token"
    wants 200 "$asks" "$url/$token?utm_source=scanner"
done

# One click: both encodings, once and again, without cookies and without a redirect.
for round in 1 2 3; do
    wants 200 "$stopped" -d "$click" "$url/$form"
    wants 200 "$stopped" -F "$click" "$url/$multipart"
done
wants 200 "$stopped" --http1.0 -d "$click" "$url/$form"
wants 200 "$stopped" -H 'Content-Type: ' -d "$click" "$url/$form"
wants 200 "$stopped" -H 'Transfer-Encoding: chunked' -F "$click" "$url/$multipart"
wants 200 "$stopped" -H 'Expect: 100-continue' -d "$click" "$url/$form"
wants 200 'You have already stopped these letters.' "$url/$form"

# The page's own button.
wants 200 "$stopped" -d 'do=stop' "$url/$page"

# What is no wish does nothing.
wants 422 'Nothing has been changed' -X POST "$url/$nobody"
wants 422 'Nothing has been changed' -d '' "$url/$nobody"
wants 422 'Nothing has been changed' -d 'List-Unsubscribe=' "$url/$nobody"
wants 422 'Nothing has been changed' -F 'x=One-Click' "$url/$nobody"
wants 422 'Please tick a box first.' -d 'do=stop-all' "$url/$nobody"
wants 422 'Nothing has been changed' -d 'do=return&sure=yes&form=1.A' "$url/$nobody"
wants 413 'Nothing has been changed' -d "$click" -d "x=$(head -c 6000 /dev/zero | tr '\0' a)" "$url/$nobody"
for method in OPTIONS PUT DELETE PATCH TRACE; do
    wants 405 'allow: GET, HEAD, POST' -X "$method" "$url/$nobody"
done

# Wrong tokens: the same answer, with other ways out.
for wrong in '' x "${nobody}A" "${nobody:0:80}" "${nobody%?}" "v1.${nobody#v1.????}" "${nobody/v1/v2}" ..%2f..%2fetc%2fpasswd; do
    wants 404 'This link does not work' --path-as-is "$url/$wrong"
    wants 404 'mailto:leave@riverside.example?subject=unsubscribe' -d "$click" --path-as-is "$url/$wrong"
done
wants 404 'This link does not work' --path-as-is "$url/../../../../etc/passwd"

# A test letter, and what monitors ask.
wants 200 'This was a test letter' "$url/$sample"
wants 200 'Nothing was changed' -d "$click" "$url/$sample"
wants 200 'ok' "$url/healthz"

echo "proof| web | curl's questions answered as they should be | $asked"
