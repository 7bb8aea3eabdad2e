// Knock's own SDK against knocktest: what it sends is understood, and what it
// gets back is what it expects.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Knock, {
  AuthenticationError, BadRequestError, NotFoundError, RateLimitError, UnprocessableEntityError,
} from '@knocklabs/node';
import { start } from './harness.mjs';

let emulator;
let knock;

before(async () => {
  emulator = await start('knockemulator');
  knock = client(emulator.url);
});
after(() => emulator.stop());

function client(baseURL, options = {}) {
  return new Knock({ apiKey: 'sk_test_1', baseURL, maxRetries: 0, ...options });
}

// is checks the properties that are named, and no others.
function is(actual, expected) {
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(actual[key], value, key);
}

async function collect(pages) {
  const ids = [];
  for await (const entry of pages) ids.push(entry.id ?? entry.recipient?.id);
  return ids;
}

describe('users', () => {
  test('update merges, null unsets', async () => {
    const made = await knock.users.update('user_1', {
      name: 'Ada', phone_number: '+15555550100', created_at: '2024-01-01T00:00:00Z', plan: { tier: 1, seats: 5 },
    });
    is(made, { __typename: 'User', id: 'user_1', name: 'Ada', email: null, plan: { tier: 1, seats: 5 } });
    assert.ok(!Number.isNaN(Date.parse(made.updated_at)));

    const changed = await knock.users.update('user_1', { phone_number: null, plan: { tier: 2 } });
    is(changed, { name: 'Ada', phone_number: null, plan: { tier: 2, seats: 5 } });
    assert.deepEqual(await knock.users.get('user_1'), changed);
  });

  test('IDs are escaped', async () => {
    const id = 'a?b=c d%ü$';
    is(await knock.users.update(id, { name: 'Odd' }), { id });
    is(await knock.users.get(id), { name: 'Odd' });
    await knock.users.delete(id);
  });

  test('delete is repeatable', async () => {
    await knock.users.update('user_gone', {});
    assert.equal(await knock.users.delete('user_gone'), null);
    assert.equal(await knock.users.delete('user_gone'), null);
    await assert.rejects(knock.users.get('user_gone'), NotFoundError);
  });

  test('list follows the cursors', async () => {
    for (let i = 0; i < 5; i++) await knock.users.update(`paged_${i}`, {});
    const ids = await collect(knock.users.list({ page_size: 2 }));
    assert.deepEqual(ids.filter((id) => id.startsWith('paged_')), [0, 1, 2, 3, 4].map((i) => `paged_${i}`));
    assert.equal(new Set(ids).size, ids.length);
    const page = await knock.users.list({ page_size: 2 });
    is(page.page_info, { __typename: 'PageInfo', page_size: 2, before: null });
    assert.equal(page.hasNextPage(), true);
  });

  test('list includes preferences when asked', async () => {
    await knock.users.update('user_prefs', { preferences: { default: { channel_types: { email: false } } } });
    const page = await knock.users.list({ include: ['preferences'] });
    const user = page.entries.find(({ id }) => id === 'user_prefs');
    assert.equal(user.preferences.default.channel_types.email, false);
  });

  test('merge folds one user into another', async () => {
    await knock.users.update('primary', { name: 'P' });
    await knock.users.update('secondary', { name: 'S', extra: 1 });
    is(await knock.users.merge('primary', { from_user_id: 'secondary' }), { id: 'primary', name: 'P', extra: 1 });
    await assert.rejects(knock.users.get('secondary'), NotFoundError);
  });
});

describe('tenants', () => {
  test('set, get, list, delete', async () => {
    const tenant = await knock.tenants.set('org_1', {
      name: 'Acme', slug: 'acme', settings: { branding: { primary_color: '#fff' } },
    });
    is(tenant, { __typename: 'Tenant', id: 'org_1', name: 'Acme', slug: 'acme', settings: { branding: { primary_color: '#fff' } } });
    assert.deepEqual(await knock.tenants.get('org_1'), tenant);
    await knock.tenants.set('org_2', { name: 'Beta' });
    assert.deepEqual(await collect(knock.tenants.list({ name: 'Beta' })), ['org_2']);
    assert.deepEqual(await collect(knock.tenants.list({ tenant_id: 'org_1' })), ['org_1']);
    assert.equal(await knock.tenants.delete('org_2'), null);
    await assert.rejects(knock.tenants.get('org_2'), NotFoundError);
  });

  test('are objects of $tenants', async () => {
    await knock.tenants.set('org_3', { name: 'Gamma' });
    const object = await knock.objects.get('$tenants', 'org_3');
    is(object, { __typename: 'Object', collection: '$tenants', id: 'org_3', properties: { name: 'Gamma' } });
  });
});

describe('objects', () => {
  test('set, get, list, delete', async () => {
    const object = await knock.objects.set('projects', 'p/1', { name: 'Apollo', stage: 2 });
    is(object, { __typename: 'Object', collection: 'projects', id: 'p/1', properties: { name: 'Apollo', stage: 2 } });
    assert.deepEqual(await knock.objects.get('projects', 'p/1'), object);
    await knock.objects.set('projects', 'p2', {});
    assert.deepEqual(await collect(knock.objects.list('projects', { page_size: 1 })), ['p/1', 'p2']);
    assert.equal(await knock.objects.delete('projects', 'p/1'), null);
    assert.deepEqual(await collect(knock.objects.list('projects')), ['p2']);
  });
});

describe('subscriptions', () => {
  test('add, update, list from both sides, delete', async () => {
    await knock.objects.set('teams', 't1', { name: 'Team' });
    await knock.objects.set('teams', 't2', {});
    const [first, second] = await knock.objects.addSubscriptions('teams', 't1', {
      recipients: [{ id: 'sub_1', name: 'One' }, { collection: 'teams', id: 't2' }], properties: { role: 'admin' },
    });
    is(first, { __typename: 'Subscription', properties: { role: 'admin' } });
    is(first.recipient, { __typename: 'User', id: 'sub_1', name: 'One' });
    is(first.object, { collection: 'teams', id: 't1' });
    is(second.recipient, { __typename: 'Object', collection: 'teams', id: 't2' });

    const [again] = await knock.objects.addSubscriptions('teams', 't1', { recipients: ['sub_1'], properties: { role: 'member' } });
    is(again, { properties: { role: 'member' }, inserted_at: first.inserted_at });

    assert.deepEqual(await collect(knock.objects.listSubscriptions('teams', 't1', { page_size: 1 })), ['t2', 'sub_1']);
    assert.deepEqual(await collect(knock.objects.listSubscriptions('teams', 't1', { recipients: ['sub_1'] })), ['sub_1']);
    assert.deepEqual(
      await collect(knock.objects.listSubscriptions('teams', 't1', { recipients: [{ collection: 'teams', id: 't2' }] })), ['t2']);
    const [of] = (await knock.objects.listSubscriptions('teams', 't2', { mode: 'recipient' })).entries;
    is(of.object, { id: 't1' });
    const [mine] = (await knock.users.listSubscriptions('sub_1')).entries;
    is(mine.object, { id: 't1' });

    const deleted = await knock.objects.deleteSubscriptions('teams', 't1', { recipients: ['sub_1', 'stranger'] });
    assert.deepEqual(deleted.map(({ recipient }) => recipient.id), ['sub_1']);
    assert.deepEqual(await knock.objects.deleteSubscriptions('teams', 't1', { recipients: ['sub_1'] }), []);
  });

  test('need the object', async () => {
    await assert.rejects(knock.objects.addSubscriptions('teams', 'none', { recipients: [{ id: 'u' }] }), NotFoundError);
  });
});

describe('audiences', () => {
  test('add, list, remove', async () => {
    const members = [{ user: { id: 'member_1', name: 'M' } }, { user: { id: 'member_1' }, tenant: 'org_1' }];
    await assert.rejects(knock.audiences.addMembers('beta', { members }), NotFoundError);
    assert.equal(await knock.audiences.addMembers('beta', { members, create_audience: true }), null);
    const { entries } = await knock.audiences.listMembers('beta');
    assert.deepEqual(entries.map(({ user_id, tenant }) => [user_id, tenant]), [['member_1', null], ['member_1', 'org_1']]);
    is(entries[0], { __typename: 'AudienceMember' });
    is(entries[0].user, { id: 'member_1', name: 'M' });
    assert.equal(await knock.audiences.removeMembers('beta', { members: [members[0]] }), null);
    assert.equal((await knock.audiences.listMembers('beta')).entries.length, 1);
  });
});

describe('workflows', () => {
  const params = { recipients: [{ id: 'runner', name: 'R' }], data: { a: 1 }, actor: { id: 'actor' }, tenant: 'stub', cancellation_key: 'k' };

  test('trigger identifies, makes the tenant and answers with a run', async () => {
    const { workflow_run_id } = await knock.workflows.trigger('welcome', params);
    assert.match(workflow_run_id, /^[0-9a-f-]{36}$/);
    is(await knock.users.get('runner'), { name: 'R' });
    is(await knock.users.get('actor'), { id: 'actor' });
    is(await knock.tenants.get('stub'), { id: 'stub', name: null });
  });

  test('an idempotency key replays the run', async () => {
    const options = { idempotencyKey: 'reason:user:1' };
    const first = await knock.workflows.trigger('welcome', params, options).withResponse();
    const again = await knock.workflows.trigger('welcome', params, options).withResponse();
    assert.deepEqual(again.data, first.data);
    assert.equal(first.response.headers.get('idempotent-replayed'), null);
    assert.equal(again.response.headers.get('idempotent-replayed'), 'true');
    assert.equal(again.response.headers.get('original-x-request-id'), first.response.headers.get('x-request-id'));

    await assert.rejects(knock.workflows.trigger('welcome', { recipients: ['runner'] }, options), BadRequestError);
    const elsewhere = await knock.workflows.trigger('other', params, options);
    assert.notDeepEqual(elsewhere, first.data);
  });

  test('without one each call is a run', async () => {
    const one = await knock.workflows.trigger('welcome', params);
    assert.notDeepEqual(await knock.workflows.trigger('welcome', params), one);
  });

  test('a key of more than 255 characters is refused', async () => {
    await assert.rejects(
      knock.workflows.trigger('welcome', params, { idempotencyKey: 'k'.repeat(256) }),
      (err) => err instanceof BadRequestError && err.error.error === 'idempotency_key_too_long',
    );
  });

  test('an unknown recipient is no error, an unknown actor is', async () => {
    assert.ok((await knock.workflows.trigger('welcome', { recipients: ['stranger'] })).workflow_run_id);
    await assert.rejects(
      knock.workflows.trigger('welcome', { recipients: ['runner'], actor: 'stranger' }),
      (err) => err instanceof UnprocessableEntityError && err.error.code === 'actor_missing',
    );
    await assert.rejects(knock.users.get('stranger'), NotFoundError);
  });

  test('cancel', async () => {
    assert.equal(await knock.workflows.cancel('welcome', { cancellation_key: 'k' }), null);
    assert.equal(await knock.workflows.cancel('welcome', { cancellation_key: 'k', recipients: ['runner'] }), null);
  });
});

describe('bulk', () => {
  async function completed(operation) {
    is(operation, { __typename: 'BulkOperation', status: 'queued', processed_rows: 0 });
    const seen = [];
    while (operation.status !== 'completed') {
      operation = await knock.bulkOperations.get(operation.id);
      seen.push(operation.status);
    }
    assert.deepEqual(seen, ['processing', 'completed']);
    assert.ok(operation.completed_at);
    return operation;
  }

  test('users', async () => {
    const users = Array.from({ length: 1000 }, (_, i) => ({ id: `bulk_${i}`, n: i }));
    users[7].id = 'not/allowed';
    const operation = await completed(await knock.users.bulk.identify({ users }));
    is(operation, {
      name: 'users.identify', estimated_total_rows: 1000, processed_rows: 1000, success_count: 999, error_count: 1,
      error_items: [{ id: 'not/allowed', collection: null }],
    });
    is(await knock.users.get('bulk_999'), { n: 999 });
    is(await completed(await knock.users.bulk.setPreferences({ user_ids: ['bulk_1'], preferences: { workflows: { w: false } } })),
      { success_count: 1 });
    is(await completed(await knock.users.bulk.delete({ user_ids: ['bulk_1', 'bulk_2'] })), { name: 'users.delete', success_count: 2 });
    await assert.rejects(knock.users.get('bulk_1'), NotFoundError);
  });

  test('tenants', async () => {
    is(await completed(await knock.tenants.bulk.set({ tenants: ['bt_1', { id: 'bt_2', name: 'Two' }] })), { name: 'tenants.set', success_count: 2 });
    is(await knock.tenants.get('bt_2'), { name: 'Two' });
    is(await completed(await knock.tenants.bulk.delete({ tenant_ids: ['bt_1', 'bt_2'] })), { name: 'tenants.delete', success_count: 2 });
    await assert.rejects(knock.tenants.get('bt_2'), NotFoundError);
  });

  test('objects and their subscriptions', async () => {
    is(await completed(await knock.objects.bulk.set('rooms', { objects: [{ id: 'r1', name: 'One' }, { id: 'r2' }] })), { name: 'objects.rooms.set' });
    is(await completed(await knock.objects.bulk.addSubscriptions('rooms', {
      subscriptions: [{ id: 'r1', recipients: [{ id: 'guest' }], properties: { role: 'x' } }, { id: 'none', recipients: ['guest'] }],
    })), { success_count: 1, error_items: [{ id: 'none', collection: 'rooms' }] });
    assert.deepEqual(await collect(knock.objects.listSubscriptions('rooms', 'r1')), ['guest']);
    is(await completed(await knock.objects.bulk.deleteSubscriptions('rooms', { subscriptions: [{ id: 'r1', recipients: ['guest'] }] })), { error_count: 0 });
    assert.deepEqual(await collect(knock.objects.listSubscriptions('rooms', 'r1')), []);
    await completed(await knock.objects.bulk.delete('rooms', { object_ids: ['r1', 'r2'] }));
    assert.deepEqual(await collect(knock.objects.list('rooms')), []);
  });
});

describe('errors', () => {
  const fails = (promise, type, expected) => assert.rejects(promise, (err) => {
    assert.ok(err instanceof type, `${err}`);
    is(err.error, expected);
    assert.ok(err.headers.get('x-request-id'));
    return true;
  });

  test('401 is an AuthenticationError', async () => {
    await fails(client(emulator.url, { apiKey: 'pk_test_1' }).users.get('u'), AuthenticationError,
      { code: 'incorrect_token_type', type: 'authentication_error', status: 401 });
    await fails(client(emulator.url, { apiKey: 'nonsense' }).users.get('u'), AuthenticationError, { code: 'authentication_required' });
  });

  test('404 is a NotFoundError', async () => {
    await fails(knock.users.get('nobody'), NotFoundError, { code: 'resource_missing', type: 'api_error', status: 404 });
    await fails(knock.bulkOperations.get('nothing'), NotFoundError, { code: 'resource_missing' });
  });

  test('422 is an UnprocessableEntityError with its fields', async () => {
    await fails(knock.users.update('u', { created_at: 1748751926443 }), UnprocessableEntityError, { code: 'invalid_params', status: 422 });
    await assert.rejects(knock.users.update('u', { name: 1 }), (err) => err.error.errors[0].field === 'name');
    await fails(knock.workflows.trigger('inactive', { recipients: ['u'] }), UnprocessableEntityError, { code: 'workflow_inactive' });
    const recipients = Array.from({ length: 1001 }, (_, i) => `u${i}`);
    await fails(knock.workflows.trigger('welcome', { recipients }), UnprocessableEntityError, { code: 'invalid_params' });
  });

  test('429 is a RateLimitError', async () => {
    const limited = await start('knockemulator', { args: ['-rate-limits'] });
    try {
      const calls = Array.from({ length: 50 }, (_, i) => client(limited.url).users.delete(`u${i}`));
      const failed = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
      // At 5 a second, some of 50 at once are too many, even if seconds end in between.
      assert.notEqual(failed.length, 0);
      for (const { reason } of failed) {
        assert.ok(reason instanceof RateLimitError, `${reason}`);
        is(reason.error, { status: 429 });
      }
    } finally {
      await limited.stop();
    }
  });
});
