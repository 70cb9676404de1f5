// The page in Chromium: every page of it, in three languages, by day and by night, on three widths, with axe; by keyboard alone; without
// JavaScript; and asking nobody else for anything.
//
//   PACKAGES=DIR CHROMIUM=/usr/bin/chromium PAGE=http://127.0.0.1:PORT/u TOKENS='…' SAMPLE=… STORE=DIR SHOTS=DIR node pages.mjs
//
// Nothing is downloaded; pictures of every page go into SHOTS. Ends with 1 and words where a promise does not hold.
import { rename, mkdtemp, rm, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const need = createRequire(join(process.env.PACKAGES, 'package.json'));
const { chromium } = need('playwright-core');
const axe = await readFile(need.resolve('axe-core/axe.min.js'), 'utf8');
const { PAGE, SAMPLE, STORE, SHOTS } = process.env;
const tokens = process.env.TOKENS.split(' ');
const letter = () => `${PAGE}/${tokens.shift()}`;

let views = 0;
let audits = 0;
let presses = 0;
const broken = [];
const insist = (holds, what) => { if (!holds) broken.push(what); };

const profile = await mkdtemp(join(tmpdir(), 'browser-'));
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--force-color-profile=srgb'],
    env: { ...process.env, HOME: profile },
});

// A window that notes whom it asks, and what the browser complains of.
async function window(options) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('request', request => insist(request.url().startsWith(`${PAGE}/`) || request.url().startsWith('data:'), `asked ${request.url()}`));
    page.on('console', message => {
        // The browser's own word for an answer that is no 200.
        if (!message.text().startsWith('Failed to load resource')) insist(false, `the console says: ${message.text()}`);
    });
    return { context, page };
}

const widths = [320, 600, 1200];
const schemes = ['light', 'dark'];

// What every page is held to, on every width, by day and by night.
async function check(page, name, language) {
    for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        for (const width of widths) {
            await page.setViewportSize({ width, height: 800 });
            await look(page, `${name}-${width}-${colorScheme}`, language);
        }
        // What axe looks at depends on colours and not on the width: once on the narrowest.
        await page.setViewportSize({ width: widths[0], height: 800 });
        await page.evaluate(axe);
        const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        audits += 1;
        for (const one of found.violations) insist(false, `${name}: ${one.id}: ${one.help}: ${one.nodes.map(node => node.html).join(' ')}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
}

async function look(page, name, language) {
    views += 1;
    await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
    const told = await page.evaluate(() => ({
        lang: document.documentElement.lang,
        dir: document.documentElement.dir,
        headings: document.querySelectorAll('h1').length,
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        small: [...document.querySelectorAll('button')].filter(one => one.getBoundingClientRect().height < 44).length,
    }));
    insist(told.lang === language, `${name}: language ${told.lang}`);
    insist(told.dir === (language === 'ar' ? 'rtl' : 'ltr'), `${name}: direction ${told.dir}`);
    insist(told.headings === 1, `${name}: ${told.headings} main headings`);
    insist(told.overflow <= 0, `${name}: wider than the window by ${told.overflow}`);
    insist(told.small === 0, `${name}: ${told.small} buttons are too small for a finger`);
}

// The whole way, page by page.
async function walk(language, here) {
    const { context, page } = await window({ locale: language, extraHTTPHeaders: { 'Accept-Language': language } });
    const at = step => check(page, `${language}-${step}`, language);
    const press = async value => { await page.locator(`form:has([name=do][value=${value}]) button`).click(); presses += 1; };
    const tick = value => page.locator(`form:has([name=do][value=${value}]) input[name=sure]`).check();
    await page.goto(here); await at('1-asks');
    // Without the tick the browser itself stops the press.
    await press('stop-all');
    insist(await page.locator('form:has([value=stop-some])').count() === 1, `${language}: a press without its tick went through`);
    await press('stop-some'); await at('2-tick-first');
    await press('stop'); await at('3-these-done');
    await tick('stop-all'); await press('stop-all'); await at('4-all-done');
    await page.goto(here); await at('5-stopped-already');
    await press('come-back'); await at('6-again');
    await tick('return'); await press('return'); await at('7-came-back');
    await page.goto(`${here}A`); await at('8-wrong');
    await page.goto(`${PAGE}/${SAMPLE}`); await at('9-sample');
    await context.close();
}

for (const [language, token] of Object.entries(JSON.parse(process.env.READERS))) await walk(language, `${PAGE}/${token}`);

// Twice as large: what a reader at 200 % sees of a window of 640.
{
    const { context, page } = await window({ viewport: { width: 320, height: 400 }, deviceScaleFactor: 2 });
    await page.goto(letter());
    await look(page, 'en-zoomed', 'en');
    await context.close();
}

// The keyboard alone: the first stop of the Tab key is the button, it is seen to be there, and Enter presses it.
{
    const { context, page } = await window({ viewport: { width: 600, height: 800 } });
    await page.goto(letter());
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => ({
        words: document.activeElement.textContent, outline: getComputedStyle(document.activeElement).outlineStyle,
    }));
    insist(focus.words === 'Stop these letters' && focus.outline !== 'none', `the first stop is ${JSON.stringify(focus)}`);
    await page.screenshot({ path: join(SHOTS, 'en-keyboard.png') });
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("These letters have stopped")');
    presses += 1;
    // On to the tick and the button of all letters.
    await page.keyboard.press('Tab'); await page.keyboard.press('Space');
    await page.keyboard.press('Tab'); await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("All letters have stopped")');
    presses += 1;
    await context.close();
}

// Without JavaScript.
{
    const { context, page } = await window({ javaScriptEnabled: false });
    await page.goto(letter());
    await page.getByRole('button', { name: 'Stop these letters' }).click();
    await page.waitForSelector('h1:has-text("These letters have stopped")');
    presses += 1;
    await context.close();
}

// The store cannot be used: no yes.
{
    const { context, page } = await window({ viewport: { width: 600, height: 800 } });
    await page.goto(letter());
    await rename(STORE, `${STORE}.away`);
    try {
        await page.getByRole('button', { name: 'Stop these letters' }).click();
        await check(page, 'en-busy', 'en');
        insist(await page.locator('h1:has-text("Please try again in a minute")').count() === 1, 'a store that is away is no yes');
    } finally {
        await rename(`${STORE}.away`, STORE);
    }
    await context.close();
}

const version = browser.version();
await browser.close();
await rm(profile, { recursive: true, force: true });
if (broken.length > 0) {
    console.error([...new Set(broken)].join('\n'));
    process.exit(1);
}
console.log(`proof| web | pages looked at in Chromium ${version}, by day and by night, on three widths | ${views}`);
console.log(`proof| web | of them gone over by axe, without a finding | ${audits}`);
console.log(`proof| web | presses in them | ${presses}`);
