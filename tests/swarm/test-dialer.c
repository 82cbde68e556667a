/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/dialer.h"

#include "swarm-fixture.h"

#define HOST "192.0.2.1"

/* A dialer whose connections are made by the test. */

typedef struct
{
  FakeClock clock;
  RedesDialer *dialer;
  GPtrArray *ids; /* RedesPeerId: of those that are being made, in their order */
  GPtrArray *cancellables;
} Fixture;

/* Who waits. */
typedef struct
{
  guint n_calls;
  guint n_freed;
  RedesRemote *remote;
  char *words;
} Waiter;

static void
connect_to (const RedesPeerId *id,
            const char *host,
            guint16 port,
            GCancellable *cancellable,
            gpointer user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->ids, redes_digest_copy (id));
  g_ptr_array_add (fixture->cancellables, g_object_ref (cancellable));
}

static void
fixture_init (Fixture *fixture)
{
  static const RedesDialerMediator mediator = { .connect = connect_to };

  fake_clock_init (&fixture->clock);
  fixture->dialer = redes_dialer_new (&mediator, &fixture->clock.clock, fixture);
  fixture->ids = g_ptr_array_new_with_free_func (g_free);
  fixture->cancellables = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
fixture_clear (Fixture *fixture)
{
  redes_dialer_free (fixture->dialer);
  g_ptr_array_unref (fixture->ids);
  g_ptr_array_unref (fixture->cancellables);
}

static void
on_settled (RedesRemote *remote, const RedesNotice *reason, gpointer user_data)
{
  Waiter *waiter = user_data;

  g_assert_cmpuint (waiter->n_freed, ==, 0);
  waiter->n_calls++;
  waiter->remote = remote;
  g_free (waiter->words);
  waiter->words = g_strdup (redes_notice_get_english (reason));
}

static void
waiter_free (gpointer user_data)
{
  ((Waiter *)user_data)->n_freed++;
}

static void
waiter_reset (Waiter *waiter)
{
  g_free (waiter->words);
  *waiter = (Waiter){ 0 };
}

static gboolean
want (Fixture *fixture, guint number, const char *host, Waiter *waiter)
{
  RedesPeerId id = fake_peer_id (number);

  return redes_dialer_want (fixture->dialer, &id, host, 2000 + number, on_settled, waiter,
                            waiter_free);
}

static void
settle (Fixture *fixture, guint number, RedesRemote *remote, const char *words)
{
  RedesPeerId id = fake_peer_id (number);
  g_autoptr (RedesNotice) reason = redes_notice_new_text (words);

  redes_dialer_settle (fixture->dialer, &id, remote, reason);
}

static void
lose (Fixture *fixture, RedesRemote *remote, const char *words)
{
  g_autoptr (RedesNotice) reason = redes_notice_new_text (words);

  redes_dialer_lose (fixture->dialer, remote, reason);
}

static void
assert_begun (Fixture *fixture, guint place, guint number)
{
  RedesPeerId id = fake_peer_id (number);

  g_assert_cmpuint (fixture->ids->len, >, place);
  g_assert_true (redes_digest_equal (g_ptr_array_index (fixture->ids, place), &id));
}

/* At most two connections to one host at a time; the next one begins when one of them has ended,
 * and other hosts wait for nobody. */
static void
test_two_a_host (void)
{
  Fixture fixture;
  Waiter waiters[4] = { 0 };

  fixture_init (&fixture);
  for (guint i = 0; i < 3; i++)
    g_assert_true (want (&fixture, i, HOST, &waiters[i]));
  g_assert_cmpuint (fixture.ids->len, ==, 2);
  g_assert_true (want (&fixture, 3, "198.51.100.1", &waiters[3]));
  g_assert_cmpuint (fixture.ids->len, ==, 3);
  assert_begun (&fixture, 2, 3);
  settle (&fixture, 0, NULL, "refused");
  g_assert_cmpuint (waiters[0].n_calls, ==, 1);
  g_assert_cmpuint (waiters[0].n_freed, ==, 1);
  g_assert_cmpstr (waiters[0].words, ==, "refused");
  assert_begun (&fixture, 3, 2);
  /* A second word about it is nobody's. */
  settle (&fixture, 0, NULL, "again");
  g_assert_cmpuint (waiters[0].n_calls, ==, 1);
  fixture_clear (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (waiters); i++)
    {
      /* Those that were under way are dropped without a word. */
      g_assert_cmpuint (waiters[i].n_calls, ==, i == 0 ? 1 : 0);
      g_assert_cmpuint (waiters[i].n_freed, ==, 1);
      waiter_reset (&waiters[i]);
    }
}

/* Those that wait behind ten that failed are not tried one after the other: one a second, as long
 * as somebody asks for it. Who asks once is not held to that. */
static void
test_many_at_a_host (void)
{
  enum
  {
    N = 30
  };
  Fixture fixture;
  Waiter waiters[N] = { 0 };
  Waiter once = { 0 };
  RedesPeerId id = fake_peer_id (N);
  guint n_called = 0;

  fixture_init (&fixture);
  for (guint i = 0; i < N; i++)
    g_assert_true (want (&fixture, i, HOST, &waiters[i]));
  g_assert_true (
      redes_dialer_meet (fixture.dialer, &id, HOST, 2000 + N, on_settled, &once, waiter_free));
  /* What is begun fails, until nothing is begun for it any more. */
  for (guint i = 0; i < fixture.ids->len; i++)
    {
      g_autoptr (RedesNotice) reason = redes_notice_new_text ("refused");
      RedesPeerId failed = *(RedesPeerId *)g_ptr_array_index (fixture.ids, i);

      redes_dialer_settle (fixture.dialer, &failed, NULL, reason);
    }
  /* Two were under way when the tenth failed. */
  g_assert_cmpuint (fixture.ids->len, <=, 10 + 1 + 1);
  g_assert_cmpuint (fixture.ids->len, >=, 10 + 1);
  g_assert_cmpuint (redes_dialer_count (fixture.dialer), ==, 0);
  g_assert_cmpuint (once.n_calls, ==, 1);
  g_assert_cmpstr (once.words, ==, "refused");
  for (guint i = 0; i < N; i++)
    {
      n_called += waiters[i].n_calls;
      g_assert_cmpuint (waiters[i].n_freed, ==, 1);
    }
  g_assert_cmpuint (n_called, ==, N);
  g_assert_nonnull (strstr (waiters[N - 1].words, "did not answer"));
  waiter_reset (&waiters[N - 1]);
  g_assert_false (want (&fixture, N - 1, HOST, &waiters[N - 1]));
  fixture.clock.now_us += SECOND_US;
  waiters[N - 1].n_freed = 0;
  g_assert_true (want (&fixture, N - 1, HOST, &waiters[N - 1]));
  fixture_clear (&fixture);
  for (guint i = 0; i < N; i++)
    waiter_reset (&waiters[i]);
  waiter_reset (&once);
}

/* One connection serves all who want that peer, each once. */
static void
test_shared (void)
{
  Fixture fixture;
  Waiter first = { 0 }, second = { 0 }, again = { 0 };
  FakeRemote *remote;

  fixture_init (&fixture);
  remote = fake_remote_new (1, HOST, &fixture.clock);
  g_assert_true (want (&fixture, 1, HOST, &first));
  g_assert_true (want (&fixture, 1, HOST, &second));
  g_assert_false (want (&fixture, 1, HOST, &second));
  /* What a refused one gave is freed at once; the other's is the same here. */
  g_assert_cmpuint (second.n_freed, ==, 1);
  second.n_freed = 0;
  g_assert_cmpuint (fixture.ids->len, ==, 1);
  g_assert_cmpuint (redes_dialer_count (fixture.dialer), ==, 1);
  settle (&fixture, 1, &remote->remote, NULL);
  g_assert_true (g_cancellable_is_cancelled (g_ptr_array_index (fixture.cancellables, 0)));
  g_assert_true (first.remote == &remote->remote);
  g_assert_true (second.remote == &remote->remote);
  g_assert_cmpuint (second.n_calls, ==, 1);
  g_assert_cmpuint (redes_dialer_count (fixture.dialer), ==, 0);
  /* It was met: it may be dialled again at once. */
  g_assert_true (want (&fixture, 1, HOST, &again));
  fake_remote_unref (remote);
  fixture_clear (&fixture);
}

/* An address that failed is left alone for 1 s, then 2, 4 and so on, at most 60 s; who asks once
 * is not held to that. */
static void
test_back_off (void)
{
  static const guint pauses_s[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
  Fixture fixture;
  Waiter waiter = { 0 };
  RedesPeerId id = fake_peer_id (1);

  fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (pauses_s); i++)
    {
      g_assert_true (want (&fixture, 1, HOST, &waiter));
      settle (&fixture, 1, NULL, "refused");
      fixture.clock.now_us += pauses_s[i] * SECOND_US - 1;
      g_assert_false (want (&fixture, 1, HOST, &waiter));
      fixture.clock.now_us += 1;
      waiter_reset (&waiter);
    }
  g_assert_true (want (&fixture, 1, HOST, &waiter));
  settle (&fixture, 1, NULL, "refused");
  waiter_reset (&waiter);
  g_assert_true (redes_dialer_meet (fixture.dialer, &id, HOST, 2001, on_settled, &waiter, NULL));
  g_assert_cmpuint (redes_dialer_count (fixture.dialer), ==, 1);
  fixture_clear (&fixture);
}

/* What breaks off once it stands is told, too, and is the peer's failure and not the address's. */
static void
test_breaks_off (void)
{
  Fixture fixture;
  Waiter waiter = { 0 }, other = { 0 };
  RedesPeerId id = fake_peer_id (1);
  RedesPeerId neighbour = fake_peer_id (2);
  FakeRemote *remote, *stranger;

  fixture_init (&fixture);
  remote = fake_remote_new (1, HOST, &fixture.clock);
  stranger = fake_remote_new (3, HOST, &fixture.clock);
  g_assert_true (want (&fixture, 1, HOST, &waiter));
  redes_dialer_note_connected (fixture.dialer, &id, &remote->remote);
  lose (&fixture, &stranger->remote, "another's");
  g_assert_cmpuint (waiter.n_calls, ==, 0);
  lose (&fixture, &remote->remote, "it is somebody else");
  g_assert_cmpuint (waiter.n_calls, ==, 1);
  g_assert_null (waiter.remote);
  g_assert_cmpstr (waiter.words, ==, "it is somebody else");
  g_assert_false (redes_dialer_want (fixture.dialer, &id, HOST, 2001, on_settled, &other, NULL));
  g_assert_true (
      redes_dialer_want (fixture.dialer, &neighbour, HOST, 2001, on_settled, &other, NULL));
  waiter_reset (&waiter);
  fake_remote_unref (remote);
  fake_remote_unref (stranger);
  fixture_clear (&fixture);
}

/* Whatever a tracker says: so many wait at one host, and so many in all. */
static void
test_bounded (void)
{
  Fixture fixture;
  Waiter waiters[400] = { 0 };
  guint n = 0;

  fixture_init (&fixture);
  for (guint i = 0; i < 100; i++)
    n += want (&fixture, i, HOST, &waiters[i]);
  g_assert_cmpuint (n, ==, 34);
  for (guint i = 100; i < 400; i++)
    {
      g_autofree char *host = g_strdup_printf ("198.51.%u.%u", i / 100, i % 100);

      n += want (&fixture, i, host, &waiters[i]);
    }
  g_assert_cmpuint (fixture.ids->len, ==, 64);
  g_assert_cmpuint (n, ==, 64 + 256);
  g_assert_cmpuint (redes_dialer_count (fixture.dialer), ==, n);
  fixture_clear (&fixture);
  for (guint i = 0; i < 400; i++)
    g_assert_cmpuint (waiters[i].n_freed, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/dialer/two-a-host", test_two_a_host);
  g_test_add_func ("/swarm/dialer/many-at-a-host", test_many_at_a_host);
  g_test_add_func ("/swarm/dialer/shared", test_shared);
  g_test_add_func ("/swarm/dialer/back-off", test_back_off);
  g_test_add_func ("/swarm/dialer/breaks-off", test_breaks_off);
  g_test_add_func ("/swarm/dialer/bounded", test_bounded);
  return g_test_run ();
}
