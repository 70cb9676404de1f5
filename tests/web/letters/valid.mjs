// The letters' HTML, judged by html-validate: its recommended rules, its rules of accessibility, and the standard.
//
//   PACKAGES=DIR node valid.mjs CASES
//
// CASES holds a folder of .eml files for each case. Each rule that is off says why. Ends with 1 and words where a letter is not valid.
import { createRequire } from 'node:module';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lettersIn } from './letter.mjs';

const { HtmlValidate, StaticConfigLoader } = createRequire(join(process.env.PACKAGES, 'package.json'))('html-validate');
const rules = {
    // Mail programs drop style sheets: styles stand in the elements, and that is the whole point of writing them in.
    'no-inline-style': 'off',
    // Outlook lays out by `width`, `cellpadding`, `cellspacing` and `border` of tables and by nothing else.
    'no-deprecated-attr': 'off',
    // `<main>` is dropped or turned into a `<div>` by mail programs; `role="main"` stays.
    'prefer-native-element': ['error', { exclude: ['main', 'presentation'] }],
    // Outlook reads conditional comments, and needs them for the width of the page; for all others they are comments.
    'no-conditional-comment': 'off',
    // The tables of articles have heads in `<thead>` alone, and those are heads of columns without a word (HTML 4.9.12.2).
    'wcag/h63': 'off',
    // A title is as long as the author wants it; a mail program shows the subject.
    'long-title': 'off',
    // Blanks at the ends of lines are where a template's tags stood; nobody sees them.
    'no-trailing-whitespace': 'off',
};
const validator = new HtmlValidate(new StaticConfigLoader({
    root: true, extends: ['html-validate:recommended', 'html-validate:standard', 'html-validate:a11y'], rules,
}));

let judged = 0;
const broken = [];
for (const kind of (await readdir(process.argv[2])).sort()) {
    for (const letter of lettersIn(join(process.argv[2], kind))) {
        const report = await validator.validateString(letter.html);
        judged += 1;
        for (const { messages } of report.results) {
            for (const { line, column, ruleId, message } of messages) broken.push(`${kind}/${basename(letter.file)}:${line}:${column}: ${ruleId}: ${message}`);
        }
    }
}
if (broken.length > 0) {
    console.error([...new Set(broken)].slice(0, 40).join('\n'));
    process.exit(1);
}
console.log(`proof| letters | letters that html-validate calls valid | ${judged}`);
