// Pictures of the two designs for docs/letters.md: on a phone, on a tablet, on a desk, by day and by night.
//
//   tidings rehearse
//   PACKAGES=DIR CHROMIUM=/usr/bin/chromium node tests/web/letters/pictures.mjs .tidings/rehearsal/outbox docs/letters
//
// Beside the folder goes `letter.png`, both designs in one picture. PACKAGES is where the packages of tests/web/browser are installed. With `pngquant` on the PATH the pictures come out small.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOutlook, lettersIn, shown } from './letter.mjs';

const { chromium } = createRequire(join(process.env.PACKAGES, 'package.json'))('playwright-core');
const [outbox, folder] = process.argv.slice(2);
const letters = lettersIn(outbox);
const small = (path, colours) => spawnSync('pngquant', ['--force', '--strip', '--nofs', '--speed', '1', '--output', path, String(colours), path]);
const of = (address, page = shown) => page(letters.find(letter => letter.file.includes(address)));

// What of a page is shown: at 600 pixels all of it, table, button and footer; else enough to judge it by, and no file that is larger than it
// has to be.
const sizes = { 320: 1400, 600: Infinity, 1200: 1000 };
const wanted = [];
for (const [design, address] of [['letter', 'amelia.hart'], ['magazine', 'beatrice.holm']]) {
    for (const [width, height] of Object.entries(sizes)) {
        for (const scheme of ['light', 'dark']) wanted.push({ name: `${design}-${width}-${scheme}`, html: of(address), width: Number(width), height, scheme });
    }
}
wanted.push({ name: 'magazine-600-ar', html: of('layla.haddad'), width: 600, height: 1250, scheme: 'light' });
wanted.push({ name: 'magazine-600-outlook', html: asOutlook(of('beatrice.holm')), width: 660, height: 1250, scheme: 'light' });

// Both designs in one picture: the magazine on a desk, the quiet letter on a phone at night.
const cover = (desk, phone) => `<style>
    body { margin: 0; width: 1240px; height: 1000px; overflow: hidden; background: #e6dfd2; }
    img { position: absolute; display: block; }
    .desk { left: 60px; top: 50px; width: 720px; border-radius: 12px; box-shadow: 0 8px 40px #6b5c4455; }
    .phone { left: 850px; top: 90px; width: 320px; height: 800px; object-fit: cover; object-position: top; border: 12px solid #0d0f0e; border-radius: 44px;
        box-shadow: 0 12px 40px #6b5c4466; }
</style><img class="desk" src="${desk}"><img class="phone" src="${phone}">`;

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
    const clip = { x: 0, y: 0, width, height: Math.min(whole, height) };
    await page.screenshot({ path, fullPage: true, clip });
    small(path, height === Infinity ? 64 : 40);
    await page.close();
}
const page = await browser.newPage({ viewport: { width: 720, height: 960 } });
const taken = async (html, width, height, colorScheme) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.setContent(html);
    return (await page.screenshot()).toString('base64');
};
const desk = await taken(of('beatrice.holm'), 720, 960, 'light');
const phone = await taken(of('amelia.hart'), 320, 800, 'dark');
const both = cover(`data:image/png;base64,${desk}`, `data:image/png;base64,${phone}`);
const path = join(folder, '..', 'letter.png');
await writeFile(path, Buffer.from(await taken(both, 1240, 1000, 'light'), 'base64'));
small(path, 96);
await browser.close();
await rm(profile, { recursive: true, force: true });
