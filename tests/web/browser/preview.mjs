// The preview in Chromium: every view, by day and by night, on three widths, with axe; every letter of it too; by keyboard alone; while the
// files change; without JavaScript; and asking nobody for anything.
//
//   PACKAGES=DIR CHROMIUM=/usr/bin/chromium PAGE=http://127.0.0.1:PORT/TOKEN/ ARTICLE=FILE SHOTS=DIR node preview.mjs
//
// Nothing is downloaded; pictures go into SHOTS. Ends with 1 and words where a promise does not hold.
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const need = createRequire(join(process.env.PACKAGES, 'package.json'));
const { chromium } = need('playwright-core');
const axe = await readFile(need.resolve('axe-core/axe.min.js'), 'utf8');
const { PAGE, ARTICLE, SHOTS } = process.env;

let views = 0;
let audits = 0;
let letters = 0;
let stops = 0;
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
    page.on('request', request => insist(request.url().startsWith(PAGE) || request.url().startsWith('data:'), `asked ${request.url()}`));
    page.on('console', message => insist(false, `the console says: ${message.text()}`));
    page.on('pageerror', error => insist(false, `the script says: ${error}`));
    return { context, page };
}

async function audit(page, name, rules) {
    await page.evaluate(axe);
    const found = await page.evaluate(only => globalThis.axe.run(document, { resultTypes: ['violations'], iframes: false, ...only }), rules);
    audits += 1;
    for (const one of found.violations) insist(false, `${name}: ${one.id}: ${one.help}: ${one.nodes.map(node => node.html.slice(0, 200)).join(' ')}`);
}

const overflow = page => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const widths = [320, 600, 1200];
const schemes = ['light', 'dark'];
const frame = page => page.frameLocator('#frame');

// Every view of the page.
{
    const { context, page } = await window({});
    for (const view of ['letter', 'dark', 'no-pictures', 'text', 'headers', 'source', 'size', 'findings', 'letter&width=1200', 'letter&find=a']) {
        for (const colorScheme of schemes) {
            await page.emulateMedia({ colorScheme });
            for (const width of widths) {
                await page.setViewportSize({ width, height: 800 });
                await page.goto(`${PAGE}?view=${view}`);
                const name = `preview-${view.replaceAll(/\W/g, '-')}-${width}-${colorScheme}`;
                await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
                views += 1;
                insist(await overflow(page) <= 0, `${name}: wider than the window by ${await overflow(page)}`);
                if (width !== 600) await audit(page, name, {});
            }
        }
    }
    await context.close();
}

// Every letter, for every kind of reader: what can be read by everybody, and nothing wider than its window.
{
    const { context, page } = await window({});
    const standard = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
    const reader = await browser.newPage();
    for (const person of ['ordinary-name', 'no-name', 'long-name', 'right-to-left']) {
        for (const view of ['letter', 'dark', 'no-pictures']) {
            await page.goto(`${PAGE}?view=${view}&person=${person}`);
            const source = await page.locator('#frame').getAttribute('src');
            // The letter lets no script in, axe neither: its own words are looked at in a window of their own.
            const html = await (await page.request.get(new URL(source, PAGE).href)).text();
            for (const width of widths) {
                await reader.setViewportSize({ width, height: 800 });
                await reader.setContent(html);
                letters += 1;
                insist(await overflow(reader) <= 0, `the letter, ${view}, ${person}: wider than ${width} by ${await overflow(reader)}`);
            }
            await audit(reader, `the letter, ${view}, ${person}`, standard);
        }
    }
    await reader.close();
    await context.close();
}

// Dark is dark and light is light, whatever the screen; without pictures there are none; links lead nowhere.
{
    const { context, page } = await window({ viewport: { width: 1000, height: 900 } });
    const ground = async (view, colorScheme) => {
        await page.emulateMedia({ colorScheme });
        await page.goto(`${PAGE}?view=${view}`);
        await frame(page).locator('body').waitFor();
        return page.evaluate(() => {
            const inside = document.querySelector('#frame').contentDocument;
            const colours = getComputedStyle(inside.querySelector('.page, body')).backgroundColor.match(/\d+/g).map(Number);
            return colours[0] + colours[1] + colours[2];
        });
    };
    for (const scheme of schemes) {
        insist(await ground('dark', scheme) < 200, `dark is not dark on a ${scheme} screen`);
        insist(await ground('letter', scheme) > 500, `light is not light on a ${scheme} screen`);
    }
    await page.goto(`${PAGE}?view=no-pictures`);
    await frame(page).locator('body').waitFor();
    insist(await frame(page).locator('img').count() === 0, 'there are pictures where they are off');
    const before = await page.evaluate(() => document.querySelector('#frame').contentWindow.location.pathname);
    const leads = await frame(page).locator('a').last().getAttribute('title');
    insist(leads?.startsWith('leads to '), `a link says ${leads}`);
    await frame(page).locator('a').last().click();
    insist(await page.evaluate(() => document.querySelector('#frame').contentWindow.location.pathname) === before, 'a link led away');
    await context.close();
}

// Twice as large: what a reader at 200 % sees of a window of 640.
{
    const { context, page } = await window({ viewport: { width: 320, height: 400 }, deviceScaleFactor: 2 });
    await page.goto(PAGE);
    insist(await overflow(page) <= 0, `at 200 % it is wider than the window by ${await overflow(page)}`);
    await context.close();
}

// On a phone the letter is seen at once; what one chooses from is folded above it, and opens by keyboard.
{
    const { context, page } = await window({ viewport: { width: 320, height: 800 } });
    await page.goto(PAGE);
    const top = await page.evaluate(() => document.querySelector('#shown').getBoundingClientRect().top);
    insist(top < 200, `on a phone ${Math.round(top)} pixels stand before the letter`);
    await page.focus('#controls > summary');
    await page.keyboard.press('Enter');
    await page.locator('#find').waitFor({ state: 'visible' });
    insist(await overflow(page) <= 0, `unfolded it is wider than the window by ${await overflow(page)}`);
    await audit(page, 'preview-unfolded', {});
    await page.screenshot({ path: join(SHOTS, 'preview-unfolded-320.png'), fullPage: true });
    await page.click('#view-7');
    await page.locator('pre').waitFor();
    insist(await page.locator('#find').isVisible(), 'what was unfolded folds by itself');
    await page.setViewportSize({ width: 1000, height: 800 });
    insist(!await page.locator('#controls > summary').isVisible(), 'on a desk there is something to unfold');
    await page.setViewportSize({ width: 320, height: 800 });
    await page.reload();
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.locator('#find').waitFor({ state: 'visible' });
    await context.close();
}

// The keyboard alone.
{
    const { context, page } = await window({ viewport: { width: 1000, height: 900 } });
    await page.goto(PAGE);
    const seen = new Set();
    for (let presses = 0; presses < 200; presses += 1) {
        await page.keyboard.press('Tab');
        const stop = await page.evaluate(() => {
            const one = document.activeElement;
            if (!one || one === document.body) return null;
            const style = getComputedStyle(one);
            return { name: one.id || one.className || one.getAttribute('aria-label') || one.tagName, seen: style.outlineStyle !== 'none' || one.tagName === 'IFRAME' };
        });
        // The letter has stops of its own.
        if (stop?.name === 'frame' && seen.has('frame')) continue;
        if (!stop || seen.has(stop.name)) break;
        if (seen.size === 0) insist(stop.name === 'skip', `the first stop is ${stop.name}`);
        insist(stop.seen, `nobody sees that ${stop.name} has the focus`);
        seen.add(stop.name);
    }
    for (const wanted of ['letter', 'find', 'show', 'person-next', 'no-name', 'article-next', 'view-1', 'view-f', 'frame', 'keys']) {
        insist(seen.has(wanted), `the Tab key never comes to ${wanted}: ${[...seen]}`);
    }
    stops = seen.size;
    const now = async () => new URL(page.url()).searchParams;
    const settled = async (key, wanted, value) => {
        await page.keyboard.press(key);
        await page.waitForFunction(([name, word]) => new URL(location.href).searchParams.get(name)?.includes(word), [wanted, value]);
    };
    await page.goto(PAGE);
    await settled('3', 'width', '320');
    await settled('5', 'view', 'dark');
    await settled('f', 'view', 'findings');
    await settled('1', 'width', '600');
    const first = await page.locator('.who').innerText();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(words => document.querySelector('.who').innerText !== words, first);
    await settled('Shift+ArrowRight', 'letter', 'calmer-days');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(words => document.querySelector('.who').innerText === words, first);
    // A link that is followed keeps the focus.
    await page.focus('#view-7');
    await page.keyboard.press('Enter');
    await page.waitForSelector('pre');
    insist(await page.evaluate(() => document.activeElement.id) === 'view-7', 'the focus is lost when a view is chosen');
    await page.goBack();
    await page.waitForSelector('#frame');
    // Who types is not disturbed.
    await page.focus('#find');
    await page.keyboard.type('3');
    insist((await now()).get('width') === '600' && await page.inputValue('#find') === '3', 'a key did something while somebody was typing');
    await page.focus('#keys');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.body.dataset.keys === 'off');
    await page.keyboard.press('5');
    insist((await now()).get('view') === 'letter', 'a key did something after they were turned off');
    await context.close();
}

// The files change while somebody looks: new words, the same place, the same focus.
{
    const { context, page } = await window({ viewport: { width: 1000, height: 900 } });
    const good = await readFile(ARTICLE, 'utf8');
    try {
        await page.goto(PAGE);
        await frame(page).locator('body').waitFor();
        await page.focus('#view-2');
        await page.evaluate(() => { document.querySelector('#frame').contentWindow.scrollTo(0, 300); scrollTo(0, 150); });
        const began = Date.now();
        await appendFile(ARTICLE, '\nWords that were saved just now.\n');
        await frame(page).getByText('Words that were saved just now.').waitFor({ state: 'attached' });
        const took = Date.now() - began;
        console.log(`proof| web | milliseconds until a saved article is seen in the browser | ${took}`);
        await page.waitForFunction(() => document.querySelector('#frame').contentWindow.scrollY === 300);
        insist(await page.evaluate(() => document.activeElement.id) === 'view-2', 'the focus is lost when a file changes');
        insist(await page.evaluate(() => scrollY) === 150, 'the place is lost when a file changes');
        await writeFile(ARTICLE, '---\ntitle: [\n---\nBroken\n');
        await page.getByText('This letter is old').waitFor();
        await audit(page, 'preview-old', {});
        await page.screenshot({ path: join(SHOTS, 'preview-old.png') });
        await writeFile(ARTICLE, good);
        await page.getByText('This letter is old').waitFor({ state: 'detached' });
    } finally {
        await writeFile(ARTICLE, good);
    }
    await context.close();
}

// Without JavaScript.
{
    const { context, page } = await window({ javaScriptEnabled: false });
    await page.goto(PAGE);
    await page.selectOption('#letter', { index: 1 });
    await page.getByRole('button', { name: 'Show' }).click();
    insist(page.url().includes('calmer-days'), 'the form does nothing without JavaScript');
    await page.getByRole('link', { name: 'Plain text' }).click();
    await page.locator('pre').waitFor();
    await page.fill('#find', 'hart');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('for “hart”').waitFor();
    await context.close();
}

const version = browser.version();
await browser.close();
await rm(profile, { recursive: true, force: true });
if (broken.length > 0) {
    console.error([...new Set(broken)].join('\n'));
    process.exit(1);
}
console.log(`proof| web | views of the preview looked at in Chromium ${version}, by day and by night, on three widths | ${views}`);
console.log(`proof| web | letters looked at in it, none wider than its window | ${letters}`);
console.log(`proof| web | of both gone over by axe, without a finding | ${audits}`);
console.log(`proof| web | stops of the Tab key, each of which is seen | ${stops}`);
