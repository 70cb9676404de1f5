// Sends a personal letter to everybody on a list, by nodemailer's pool, the letters made by Handlebars:
//   node nodemailer.mjs MODULES PORT CONNECTIONS TEMPLATES LIST
// The loop is the one that nodemailer's page on pooled connections shows: feed the pool whenever it is idle.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, port, connections, templates, list] = process.argv.slice(2);
const require = createRequire(join(modules, 'package.json'));
const handlebars = require('handlebars');
const nodemailer = require('nodemailer');

const read = (name) => readFileSync(join(templates, name), 'utf8');
const html = handlebars.compile(read('letter.html'));
const text = handlebars.compile(read('letter.txt'), { noEscape: true });
const [head, ...rows] = readFileSync(list, 'utf8').trim().split('\n').map((line) => line.split(','));
const people = rows.map((row) => Object.fromEntries(head.map((column, at) => [column, row[at]])));

const pool = nodemailer.createTransport({
  pool: true,
  host: '127.0.0.1',
  port: Number(port),
  ignoreTLS: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
});

let next = 0;
let open = people.length;
pool.on('idle', () => {
  while (pool.isIdle() && next < people.length) send(people[next++]);
});

async function send(person) {
  await pool.sendMail({
    from: 'Riverside Massage <tips@riverside.example>',
    replyTo: 'hello@riverside.example',
    to: person.email,
    subject: `${person.first_name}, five minutes for your shoulders`,
    headers: { 'List-Unsubscribe': `<mailto:unsubscribe@riverside.example?subject=unsubscribe%20${person.token}>` },
    text: text(person),
    html: html(person),
    textEncoding: 'quoted-printable',
  });
  open -= 1;
  if (open === 0) pool.close();
}
