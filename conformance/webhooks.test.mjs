// The official Svix and Standard Webhooks packages sign; our handler must accept
// what they sign, and refuse everything that is not quite that.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { start } from './harness.mjs';

const secret = () => `whsec_${randomBytes(24).toString('base64')}`;
const current = secret();
const next = secret();
const foreign = secret();
const minute = 60 * 1000;

let receiver;
let count = 0;

before(async () => {
  receiver = await start('receiver', { env: { CLERK_WEBHOOK_SIGNING_SECRET: `${current},${next}` } });
});
after(() => receiver.stop());

function event(data = {}) {
  return JSON.stringify({
    type: 'user.created', object: 'event', timestamp: 1748751926443,
    data: { id: `user_${++count}`, object: 'user', first_name: 'Ada', ...data },
  });
}

// signed is a delivery as the package signs it. Its parts can still be changed.
function signed(Webhook, { secrets = [current], prefix = 'svix', body = event(), age = 0, id = `msg_${++count}` } = {}) {
  const at = new Date(Date.now() - age);
  return {
    body,
    headers: {
      [`${prefix}-id`]: id,
      [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1000)),
      [`${prefix}-signature`]: secrets.map((s) => new Webhook(s).sign(id, at, body)).join(' '),
    },
  };
}

async function deliver({ body, headers }) {
  const response = await fetch(`${receiver.url}/webhooks/clerk`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body,
  });
  return { status: response.status, text: await response.text() };
}

async function accepts(delivery) {
  const { status, text } = await deliver(delivery);
  assert.ok(status >= 200 && status < 300, `${status} ${text}`);
}

async function refuses(delivery, expected = 401) {
  const { status, text } = await deliver(delivery);
  assert.equal(status, expected, text);
  for (const s of [current, next]) assert.ok(!text.includes(s.slice(6)));
  assert.ok(!text.includes('v1,'), 'no signature is given away');
}

// The headers with one of them changed.
function withHeader(delivery, name, change) {
  const headers = { ...delivery.headers, [name]: change(delivery.headers[name]) };
  if (headers[name] === undefined) delete headers[name];
  return { ...delivery, headers };
}

for (const [name, Webhook] of [['svix', SvixWebhook], ['standardwebhooks', StandardWebhook]]) {
  for (const prefix of ['svix', 'webhook']) {
    const sign = (options) => signed(Webhook, { prefix, ...options });

    describe(`${name}, ${prefix}-* headers: accepted`, () => {
      test('one signature', () => accepts(sign()));
      test('the second secret', () => accepts(sign({ secrets: [next] })));
      test('a rotation, ours first', () => accepts(sign({ secrets: [current, foreign] })));
      test('a rotation, ours last', () => accepts(sign({ secrets: [foreign, secret(), current] })));
      test('ours among labels of other versions', () => accepts(
        withHeader(sign(), `${prefix}-signature`, (s) => `v1a,${'A'.repeat(86)}== v2,${s.slice(3)} ${s}`)));
      test('a large body', () => accepts(sign({ body: event({ bio: 'x'.repeat(512 << 10) }) })));
      test('a UTF-8 body', () => accepts(sign({ body: event({ first_name: 'Åsa 李 🎉 \u2028 \u0000' }) })));
      test('white space in the body', () => accepts(sign({ body: `\n ${JSON.stringify(JSON.parse(event()), null, '\t')} \r\n` })));
      test('four minutes old', () => accepts(sign({ age: 4 * minute })));
      test('four minutes ahead', () => accepts(sign({ age: -4 * minute })));
      test('the same delivery again', async () => {
        const delivery = sign();
        await accepts(delivery);
        await accepts(delivery);
      });
    });

    describe(`${name}, ${prefix}-* headers: refused`, () => {
      test('a changed body', () => {
        const delivery = sign();
        return refuses({ ...delivery, body: delivery.body.replace('Ada', 'Eve') });
      });
      test('a body written anew', () => {
        const delivery = sign({ body: event().replace('"data":', '"data": ') });
        return refuses({ ...delivery, body: JSON.stringify(JSON.parse(delivery.body)) });
      });
      test('a longer body', () => {
        const delivery = sign();
        return refuses({ ...delivery, body: `${delivery.body}\n` });
      });
      test('another id', () => refuses(withHeader(sign(), `${prefix}-id`, (id) => `${id}0`)));
      test('another timestamp', () => refuses(withHeader(sign(), `${prefix}-timestamp`, (t) => String(Number(t) - 1))));
      test('a timestamp that is none', () => refuses(withHeader(sign(), `${prefix}-timestamp`, (t) => `${t}x`)));
      test('a changed signature', () => refuses(
        withHeader(sign(), `${prefix}-signature`, (s) => `v1,${s[3] === 'A' ? 'B' : 'A'}${s.slice(4)}`)));
      test('a shortened signature', () => refuses(withHeader(sign(), `${prefix}-signature`, (s) => s.slice(0, -8))));
      test('a wrong secret', () => refuses(sign({ secrets: [foreign] })));
      test('a rotation without ours', () => refuses(sign({ secrets: [foreign, secret()] })));
      test('the label of another version', () => refuses(withHeader(sign(), `${prefix}-signature`, (s) => s.replace('v1,', 'v2,'))));
      test('no label', () => refuses(withHeader(sign(), `${prefix}-signature`, (s) => s.slice(3))));
      test('six minutes old', () => refuses(sign({ age: 6 * minute })));
      test('six minutes ahead', () => refuses(sign({ age: -6 * minute })));
      for (const header of ['id', 'timestamp', 'signature']) {
        test(`no ${header}`, () => refuses(withHeader(sign(), `${prefix}-${header}`, () => undefined), 400));
      }
      test('a signed body that is not JSON', () => refuses(sign({ body: 'not json' }), 400));
    });
  }
}

test('the packages accept what they have signed themselves', () => {
  const svix = signed(SvixWebhook);
  assert.doesNotThrow(() => new SvixWebhook(current).verify(svix.body, svix.headers));
  const standard = signed(StandardWebhook, { prefix: 'webhook' });
  assert.doesNotThrow(() => new StandardWebhook(current).verify(standard.body, standard.headers));
});

test('only the right path and method are taken', async () => {
  const { body, headers } = signed(SvixWebhook);
  assert.equal((await fetch(`${receiver.url}/webhooks/clerk`, { method: 'PUT', body, headers })).status, 405);
  assert.equal((await fetch(`${receiver.url}/webhooks`, { method: 'POST', body, headers })).status, 404);
});
