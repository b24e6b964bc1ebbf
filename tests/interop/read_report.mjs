// SPDX-License-Identifier: MIT
//
// Reads a report as a person would: node read_report.mjs REPORT.html OUT [PLAY]
// Prints one line of JSON with what was found, and leaves screenshots and the
// printed page in OUT.  PLAY is one whose exchange is drawn.  Its modules lie
// where ./lab setup --tests put them.
import { createRequire } from 'node:module';
import { readFileSync, existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const require = createRequire(path.resolve(process.env.INTEROP, 'x.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [report, out, play = 'R1.tls13'] = process.argv.slice(2);
const minutes = 60 * 1000;
const url = pathToFileURL(path.resolve(report)).href;
const found = { requests: [], complaints: [], axe: [],
	axe_passes: 0, pictures: {} };

// The fewest colours that a quarter of the picture has, from top to bottom:
// letters have many, what was not painted has one.
async function colours(browser, png) {
	const page = await browser.newPage();
	const fewest = await page.evaluate(async (base64) => {
		const url = `data:image/png;base64,${base64}`;
		const bitmap = await createImageBitmap(
		    await (await fetch(url)).blob());
		const { width, height } = bitmap;
		const canvas = new OffscreenCanvas(width, height);
		const context = canvas.getContext('2d');
		const quarter = (n) => new Set(new Uint32Array(context.getImageData(
		    0, Math.floor(n * height / 4), width,
		    Math.ceil(height / 4)).data.buffer)).size;
		context.drawImage(bitmap, 0, 0);
		return Math.min(...[0, 1, 2, 3].map(quarter));
	}, png.toString('base64'));
	await page.close();
	return fewest;
}

// On a busy machine a picture may be of a frame whose tiles were not painted
// yet, most often of what is taller than the window: it is taken again.
async function picture(page, what, name) {
	for (let tries = 0; tries < 20; tries++) {
		await page.evaluate(() => new Promise((done) =>
			requestAnimationFrame(() => setTimeout(done, 100))));
		const png = await what.screenshot({ path: path.join(out, name) });
		found.pictures[name] = await colours(page.context().browser(), png);
		if (found.pictures[name] >= 16)
			return;
	}
	found.complaints.push(`${name} is blank, or a part of it`);
}

async function open(browser, options) {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	page.setDefaultTimeout(5 * minutes);
	page.on('request', (r) => {
		if (r.url() !== url)
			found.requests.push(r.url());
	});
	page.on('console', (m) => found.complaints.push(m.text()));
	page.on('pageerror', (e) => found.complaints.push(String(e)));
	await page.goto(url);
	return page;
}

// axe looks at the page from outside of its policy, as a reader's tool does.
async function violations(page, where, rules = {}) {
	await page.evaluate(axe);
	const result = await page.evaluate((rules) =>
		window.axe.run({ rules, resultTypes: ['violations'] }), rules);
	found.axe_passes += result.passes.length;
	for (const v of result.violations)
		found.axe.push(`${where}: ${v.id}: ${v.nodes[0].html}`);
}

async function read(browser) {
	const page = await open(browser, { viewport: { width: 1280, height: 900 } });
	const shown = '.verdicts tbody tr:not([hidden])';
	found.load_ms = await page.evaluate(() => {
		const t = performance.getEntriesByType('navigation')[0];
		return Math.round(t.loadEventEnd);
	});
	found.rows = await page.locator(shown).count();
	await page.fill('input[name=word]', play);
	found.filtered = await page.locator(shown).count();
	found.said = await page.locator('#filter output').innerText();
	await page.fill('input[name=word]', '');
	await page.selectOption('select[name=by]', 'nobody');
	found.nobody = await page.locator(shown).count();
	await page.selectOption('select[name=by]', '');

	// By keyboard: to a play's link, and to the folded handshake there.
	const link = page.getByRole('link', { name: play, exact: true });
	await link.focus();
	await page.keyboard.press('Enter');
	const body = page.locator(await link.getAttribute('href'));
	found.unfolded = await body.isVisible();
	const shake = body.locator('.seq summary').first();
	await shake.focus();
	await page.keyboard.press('Enter');
	found.shake = await body.locator('.seq ul li').first().innerText();
	const file = await body.locator('.files a').first().getAttribute('href');
	found.file = existsSync(path.join(path.dirname(report), file));
	found.text = await page.locator('body').innerText();
	found.marks = await page.locator('img, b.hostile, script').count();
	await page.emulateMedia({ media: 'print' });
	found.printed_form = await page.locator('#filter').isVisible();
	await picture(page, page, 'print.png');
	// On paper nobody scrolls; A4 within its margins is 718 pixels wide.
	await page.setViewportSize({ width: 718, height: 1000 });
	found.cut_off = await page.evaluate(() =>
		[...document.querySelectorAll('pre, .seq ol, table')].filter((e) =>
			e.scrollWidth > e.clientWidth ||
			e.getBoundingClientRect().right > window.innerWidth).length);
	await page.pdf({ path: path.join(out, 'report.pdf') });
}

// axe asks of each word what is behind it, which takes hours on a page of all
// plays: all other rules are for the whole page, and all rules for a page of
// every so many sections and rows of it.
async function thin(page, most) {
	await page.evaluate((most) => {
		for (const what of ['.card', '.verdicts tbody tr']) {
			const all = [...document.querySelectorAll(what)];
			const every = Math.ceil(all.length / most);

			all.forEach((e, i) => { if (i % every !== 0) e.remove(); });
		}
	}, most);
}

async function whole(browser) {
	const page = await open(browser, { viewport: { width: 1280, height: 900 } });
	await violations(page, 'whole', { 'color-contrast': { enabled: false } });
}

async function look(browser, width, colorScheme) {
	const page = await open(browser,
	    { viewport: { width, height: 900 }, colorScheme });
	const wide = await page.evaluate(
	    () => document.documentElement.scrollWidth > window.innerWidth);
	if (wide)
		found.complaints.push(`scrolls sideways at ${width}`);
	await picture(page, page, `${width}-${colorScheme}.png`);
	await thin(page, 20);
	await page.evaluate(() =>
		document.querySelectorAll('details').forEach((d) => { d.open = true; }));
	await violations(page, `${width} ${colorScheme}`);
	await picture(page, page.locator('.play').first(),
	    `${width}-${colorScheme}-play.png`);
}

async function without_script(browser) {
	const page = await open(browser, { javaScriptEnabled: false });
	found.plain_rows = await page.locator('.verdicts tbody tr').count();
	found.plain_form = await page.locator('#filter').isVisible();
}

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
try {
	await read(browser);
	for (const width of [1280, 390])
		for (const scheme of ['light', 'dark'])
			await look(browser, width, scheme);
	await whole(browser);
	await without_script(browser);
} finally {
	await browser.close();
}
console.log(JSON.stringify(found));
