// The letters in Chromium: both designs, every language and colour, by day and by night, on three widths, with axe; without style sheets,
// as half of all mail programs show them; and their text parts held against what the HTML links to.
//
//   PACKAGES=DIR CHROMIUM=/usr/bin/chromium node look.mjs CASES
//
// CASES holds a folder of .eml files for each case. Nothing is downloaded. Ends with 1 and words where a promise does not hold.
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { asOutlook, lettersIn, shown, withoutStyles } from './letter.mjs';

const need = createRequire(join(process.env.PACKAGES, 'package.json'));
const { chromium } = need('playwright-core');
const axe = await readFile(need.resolve('axe-core/axe.min.js'), 'utf8');
const cases = process.argv[2];

let views = 0;
let audits = 0;
let links = 0;
const broken = [];
const insist = (holds, what) => { if (!holds) broken.push(what); };

const profile = await mkdtemp(join(tmpdir(), 'browser-'));
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--force-color-profile=srgb'],
    env: { ...process.env, HOME: profile },
});
const page = await (await browser.newContext({ javaScriptEnabled: true })).newPage();
page.on('request', request => insist(request.url().startsWith('data:'), `a letter asked for ${request.url()}`));

async function show(html, width, colorScheme) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await page.setContent(html);
    views += 1;
}

async function audit(name) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }));
    audits += 1;
    for (const one of found.violations) insist(false, `${name}: ${one.id}: ${one.help}: ${one.nodes.map(node => `${node.html} ${node.any[0]?.message}`).join('\n  ')}`);
}

async function fits(name) {
    const told = await page.evaluate(() => {
        const root = document.documentElement;
        const beyond = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > root.clientWidth + 1
            || one.getBoundingClientRect().left < -1);
        return { overflow: root.scrollWidth - root.clientWidth, beyond: beyond.slice(0, 3).map(one => one.outerHTML.slice(0, 120)) };
    });
    insist(told.overflow <= 0 && told.beyond.length === 0, `${name}: wider than the window by ${told.overflow}: ${told.beyond.join(' ')}`);
}

// What the page says of itself.
async function form(name, language) {
    const told = await page.evaluate(() => ({
        lang: [document.documentElement.lang, document.querySelector('[role=main]')?.lang],
        dir: [document.documentElement.dir, document.querySelector('[role=main]')?.dir],
        align: getComputedStyle(document.querySelector('h1')).textAlign,
        headings: document.querySelectorAll('h1').length,
        small: [...document.querySelectorAll('a.button, .foot a')].filter(one => one.getBoundingClientRect().height < 43).length,
        narrow: [...document.querySelectorAll('.contents a')].filter(one => one.getBoundingClientRect().height < 40).length,
        preheader: document.querySelector('.preheader').getBoundingClientRect().height,
        mute: [...document.images].filter(one => !one.alt).length,
    }));
    const rtl = ['ar', 'he'].includes(language);
    insist(told.lang.every(lang => lang.split('-')[0] === language), `${name}: language ${told.lang}`);
    insist(told.dir.every(dir => dir === (rtl ? 'rtl' : 'ltr')), `${name}: direction ${told.dir}`);
    insist(told.align === (rtl ? 'right' : 'left'), `${name}: aligned to the ${told.align}`);
    insist(told.headings === 1, `${name}: ${told.headings} main headings`);
    insist(told.small === 0 && told.narrow === 0, `${name}: ${told.small + told.narrow} targets are too small for a finger`);
    insist(told.preheader === 0, `${name}: the preheader shows`);
    insist(told.mute === 0, `${name}: ${told.mute} pictures without words`);
}

// Where the HTML leads, the text part leads too.
function told(name, { html, text, pictures }) {
    for (const [, written] of html.matchAll(/<a [^>]*href="([^"]*)"/g)) {
        const target = written.replaceAll('&amp;', '&');
        if (target.startsWith('#')) { insist(html.includes(`id="${target.slice(1)}"`), `${name}: ${target} leads nowhere`); continue; }
        links += 1;
        insist(text.includes(target.replace(/^mailto:([^?]*).*/, '$1')), `${name}: the text part leaves out ${target}`);
    }
    for (const [, id] of html.matchAll(/"cid:([^"]*)"/g)) insist(pictures.some(picture => picture.id === id), `${name}: no picture ${id}`);
    insist(!/[{}]/.test(text) && !/\{\{|\{%/.test(html.replace(/<style[\s\S]*?<\/style>/g, '')), `${name}: a mark of the template is left`);
    insist(text.includes('12 Mill Lane, Bath BA1 1AA') && html.includes('12 Mill Lane, Bath BA1 1AA'), `${name}: no postal address`);
}

for (const kind of (await readdir(cases)).sort()) {
    const isColour = /^[0-9a-f]{6}$/.test(kind);
    for (const letter of lettersIn(join(cases, kind))) {
        const language = /<html[^>]* lang="([a-z]+)/.exec(letter.html)[1];
        if (isColour && language !== 'en') continue;
        const design = letter.html.includes('class="section"') || letter.html.includes('section-body') ? 'magazine' : 'letter';
        const name = `${kind}/${design}-${language} (${basename(letter.file)})`;
        told(name, letter);
        const html = shown(letter);
        for (const scheme of ['light', 'dark']) {
            for (const width of isColour ? [320] : [1200, 600, 320]) {
                await show(html, width, scheme);
                await fits(`${name} ${width} ${scheme}`);
            }
            await form(name, language);
            await audit(`${name} ${scheme}`);
        }
        // A program that drops the style sheet has the phone's look; Outlook has its own tables.
        for (const [how, bare, width] of [['without styles', withoutStyles(html), 320], ['as in Outlook', asOutlook(html), 700]]) {
            await show(bare, width, 'light');
            await fits(`${name} ${how}`);
            await audit(`${name} ${how}`);
        }
    }
}

const version = browser.version();
await browser.close();
await rm(profile, { recursive: true, force: true });
if (broken.length > 0) {
    console.error([...new Set(broken)].join('\n'));
    process.exit(1);
}
console.log(`proof| letters | views in Chromium ${version}: widths, day and night, without styles, as in Outlook; none wider than its window | ${views}`);
console.log(`proof| letters | of them gone over by axe, without a finding | ${audits}`);
console.log(`proof| letters | links of the HTML that stand in the text part | ${links}`);
