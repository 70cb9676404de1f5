// Letters as files (.eml), read so far as a browser needs it: the two texts, and the pictures that they carry.
//
// Knows only what our own letters are: one multipart inside another, quoted-printable and base64, UTF-8.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function decoded(body, encoding) {
    if (encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64');
    if (encoding !== 'quoted-printable') return body;
    const text = body.toString('latin1').replace(/=\r\n/g, '');
    return Buffer.from(text.replace(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16))), 'latin1');
}

// A part of a message as a list of its leaves: { kind, id, bytes }.
function leaves(bytes) {
    const end = bytes.indexOf('\r\n\r\n');
    const head = bytes.subarray(0, end).toString('utf8').replace(/\r\n[ \t]+/g, ' ');
    const body = bytes.subarray(end + 4);
    const field = name => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1].trim();
    const kind = field('Content-Type') ?? 'text/plain';
    const boundary = /boundary="?([^";]+)/i.exec(kind)?.[1];
    if (!boundary) {
        const encoding = field('Content-Transfer-Encoding')?.toLowerCase();
        return [{ kind: kind.split(';')[0].trim().toLowerCase(), id: field('Content-ID')?.replace(/[<>]/g, ''), bytes: decoded(body, encoding) }];
    }
    return body.toString('latin1').split(`--${boundary}`).slice(1, -1).flatMap(part => leaves(Buffer.from(part.replace(/^\r\n/, ''), 'latin1')));
}

export function letter(file) {
    const parts = leaves(readFileSync(file));
    const text = kind => parts.find(part => part.kind === kind)?.bytes.toString('utf8').replaceAll('\r\n', '\n') ?? '';
    const pictures = parts.filter(part => part.kind.startsWith('image/'));
    return { file, html: text('text/html'), text: text('text/plain'), pictures };
}

export function lettersIn(folder) {
    return readdirSync(folder).filter(name => name.endsWith('.eml')).sort().map(name => letter(join(folder, name)));
}

// The HTML with the carried pictures where the mail program would show them; `cid:` means nothing to a browser.
export function shown({ html, pictures }) {
    return pictures.reduce((page, { id, kind, bytes }) => page.replaceAll(`cid:${id}`, `data:${kind};base64,${bytes.toString('base64')}`), html);
}

// What a program leaves that reads no style sheet and no conditional comment.
export function withoutStyles(html) {
    return html.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<!--[\s\S]*?-->/g, '');
}

// What Outlook on Windows makes of it, as far as a browser can say: its conditional comments hold, @media does not, corners are square.
export function asOutlook(html) {
    return html.replace(/<!--\[if mso\]>([\s\S]*?)<!\[endif\]-->/g, '$1').replace(/<xml[\s\S]*?<\/xml>/g, '').replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '')
        .replace(/border-radius:[^;"]*;?/g, '').replace(/max-width:[^;"]*;?/g, '');
}
