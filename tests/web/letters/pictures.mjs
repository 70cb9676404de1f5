// Pictures of the two designs for docs/letters.md: on a phone, on a tablet, on a desk, by day and by night.
//
//   tidings rehearse
//   PACKAGES=DIR CHROMIUM=/usr/bin/chromium node tests/web/letters/pictures.mjs .tidings/rehearsal/outbox docs/letters
//
// PACKAGES is where the packages of tests/web/browser are installed. With `pngquant` on the PATH the pictures come out small.
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOutlook, lettersIn, shown } from './letter.mjs';

const { chromium } = createRequire(join(process.env.PACKAGES, 'package.json'))('playwright-core');
const [outbox, folder] = process.argv.slice(2);
const letters = lettersIn(outbox);
const of = (address, page = shown) => page(letters.find(letter => letter.file.includes(address)));

// What of a page is shown: enough to judge it by, and no file that is larger than it has to be.
const sizes = { 320: 1500, 600: 1500, 1200: 1500 };
const wanted = [];
for (const [design, address] of [['letter', 'amelia.hart'], ['magazine', 'beatrice.holm']]) {
    for (const [width, height] of Object.entries(sizes)) {
        for (const scheme of ['light', 'dark']) wanted.push({ name: `${design}-${width}-${scheme}`, html: of(address), width: Number(width), height, scheme });
    }
}
wanted.push({ name: 'magazine-600-ar', html: of('layla.haddad'), width: 600, height: 1500, scheme: 'light' });
wanted.push({ name: 'magazine-600-outlook', html: asOutlook(of('beatrice.holm')), width: 660, height: 1500, scheme: 'light' });

const profile = await mkdtemp(join(tmpdir(), 'browser-'));
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
        '--disable-sync', '--force-color-profile=srgb', '--hide-scrollbars'],
    env: { ...process.env, HOME: profile },
});
await mkdir(folder, { recursive: true });
for (const { name, html, width, height, scheme } of wanted) {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme });
    await page.setContent(html);
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    const path = join(folder, `${name}.png`);
    const clip = process.env.WHOLE ? undefined : { x: 0, y: 0, width, height: Math.min(whole, height) };
    await page.screenshot({ path, fullPage: true, clip });
    spawnSync('pngquant', ['--force', '--strip', '--nofs', '--speed', '1', '--output', path, '48', path]);
    await page.close();
}
await browser.close();
await rm(profile, { recursive: true, force: true });
