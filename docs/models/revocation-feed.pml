/*
 * The feed of revocations of two instances: one token, revoked by either of them; heartbeats, hints, a line that is cut, whole
 * loads. An instance touches another only by its commit and the announcement of it, so one is watched in both parts: as the
 * one that revokes, and as the other. No step waits for the clock: the watched one may stand still anywhere, for any time.
 *
 * FAULT 1: the commit is not announced
 * FAULT 2: what was looked up before a reconnect answers after it
 * FAULT 3: a hint counts from when it is read
 * FAULT 4: an own revocation does not reach the copy that a look is reading for
 * FAULT 5: a heartbeat counts from when it came back
 * FAULT 6: the snapshot of a whole load is taken behind its pages
 * FAULT 7: a reconnect asks for no look
 * FAULT 8: a hint that came during a look counts as followed by it
 * FAULT 9: whom a hint named is answered for from memory
 * FAULT 10: a look forgets whom a hint named meanwhile
 */
#ifndef FAULT
#define FAULT 0
#endif
#define LIMIT 1 /* Ticks: config/policy/operations/feed.ts#silenceLimitMs */
#define OLD (LIMIT + 1)
#define NONE 15

/* Ages, in ticks; older than the limit is all the same. */
byte committedAge = NONE; /* of the row, once it is committed */
byte sentAge;             /* of the heartbeat under way */
byte provenAge = OLD;     /* of the latest one that came back: src/adapters/postgres/notifications/heartbeat.ts#provenAt */
byte untilAge = NONE;     /* src/adapters/postgres/replica-feed.ts#completeUntil */
byte beganAge;            /* of the look that runs */
byte hintAge = NONE;      /* of the latest hint; FAULT 3 alone */

/* Who revokes, and whether it has answered. */
bool own, answered;
#define committed (committedAge != NONE)

/* The LISTEN connection, in the order of the commits: src/adapters/postgres/notifications/postgres-notifications.ts#listen */
mtype = { hint, beat };
chan line = [2] of { mtype };
bool up;      /* the database has executed LISTEN */
bool told;    /* src/adapters/postgres/replica-feed.ts#onConnect has run */
bool current; /* a look has ended that began later: src/adapters/postgres/replica-feed.ts#lookedSince */
bool mine;    /* the look that runs began later: src/adapters/postgres/replica-feed.ts#connections */
bool named;   /* the token, by a hint: src/adapters/postgres/named-subjects.ts#NamedSubjects */
bool wasTold; /* a hint that named it has been heard */
bool heard;   /* a hint came since the look that runs began: src/adapters/postgres/replica-feed.ts#hints */
bool wanted;  /* src/tasks/coalesced-task.ts#next */
bool reload;  /* src/adapters/postgres/replica-feed.ts#loading */
bool looking, wasCut, wasMuch, hasServed, isOver;

/* Whether a copy has the row, and whether its snapshot showed it: src/adapters/postgres/replica-feed.ts#Copy */
typedef Copy { bool made, has, shown };
Copy copy, loaded, looked;
bool isLoaded, isCopy; /* the copy of the look is one of the others */
inline set(to, from) { to.made = from.made; to.has = from.has; to.shown = from.shown }
inline forget(one) { one.made = false; one.has = false; one.shown = false }

/* src/adapters/postgres/postgres-revocations.ts#freshReplica */
#define fresh (provenAge <= LIMIT && (untilAge <= LIMIT || untilAge == NONE) && copy.made && (current || FAULT == 2))
/* The token passes: src/adapters/postgres/postgres-revocations.ts#answer, src/adapters/postgres/postgres-revocations.ts#isKnownToLive */
#define passes (fresh && !copy.has && (!named || FAULT == 9))

proctype Listener() {
end:
  do
  /* First LISTEN, then the subscribers: a commit in between is announced. */
  :: atomic { !up -> up = true }
  :: atomic { up && !told -> told = true; current = false; mine = false; wanted = (wanted || FAULT != 7); reload = (reload || copy.made) }
  /* src/adapters/postgres/notifications/postgres-notifications.ts#beat, by whichever instance: src/adapters/postgres/notifications/heartbeat.ts#text */
  :: atomic { told && provenAge > 0 && !(line ?? [beat]) -> sentAge = 0; line!beat }
  /* src/adapters/postgres/notifications/heartbeat.ts#heard */
  :: atomic { told && line?[beat] -> line?beat; provenAge = (FAULT == 5 -> 0 : sentAge); sentAge = 0 }
  /* src/adapters/postgres/replica-feed.ts#onAnnouncement; the look begins later, as every process here may */
  :: atomic { told && line?[hint] -> line?hint; heard = true; wanted = true;
       /* Where there is no room, it names nobody. */
       if :: named = true; wasTold = true :: true fi;
       if
       :: FAULT == 3 -> hintAge = 0; untilAge = (untilAge == NONE -> 0 : untilAge)
       :: else -> untilAge = ((untilAge == NONE || untilAge < provenAge) -> provenAge : untilAge)
       fi }
  /* Once: from outside, or given up by src/adapters/postgres/notifications/postgres-notifications.ts#listen; what was on it is lost */
  :: atomic { told && !wasCut -> wasCut = true; up = false; told = false; sentAge = 0;
       do :: line?_ :: empty(line) -> break od }
  od
}

/* src/adapters/postgres/replica-feed.ts#load: the snapshot, then in pages the rows; the table may change in between. */
inline load(one) {
  if
  :: FAULT != 6 -> atomic { one.made = true; one.shown = committed }; one.has = committed
  :: else -> atomic { one.made = true; one.has = committed }; one.shown = committed
  fi
}

/* src/tasks/coalesced-task.ts#runAfterGap, src/adapters/postgres/replica-feed.ts#look */
proctype Looker() {
  Copy one; bool found, shown;
end:
  do
  :: atomic { wanted -> wanted = false };
begin:
     atomic { looking = true; beganAge = 0; mine = true; heard = false;
       if
       :: loaded.made -> set(looked, loaded); isLoaded = true
       :: else -> set(looked, copy); isCopy = copy.made
       fi };
     if
     :: !looked.made -> load(one); atomic { set(looked, one); forget(one) }
     :: else
     fi;
     /* The statement of src/adapters/postgres/revocations-table.ts#since; its answer is read later. */
     atomic { found = committed && !looked.shown; shown = committed };
     if
     :: atomic { !wasMuch && copy.made -> /* more than one look reads: everything is loaded, and looked at again */
          wasMuch = true; found = false; shown = false; forget(looked); isLoaded = false; isCopy = false };
        load(one); atomic { set(loaded, one); forget(one) }; goto begin
     :: atomic { true -> looked.has = looked.has || found; looked.shown = shown; set(copy, looked); hasServed = true;
          if :: isLoaded -> forget(loaded) :: else fi;
          named = (named && heard && FAULT != 10); current = mine; untilAge = (!heard || FAULT == 8 -> NONE : (FAULT == 3 -> hintAge : beganAge));
          forget(looked); isLoaded = false; isCopy = false; found = false; shown = false; looking = false; beganAge = 0 }
     fi
  od
}

/* src/adapters/postgres/replica-feed.ts#reload,loadBehind */
proctype Reloader() {
  Copy one;
end:
  do
  :: reload -> load(one);
     atomic { set(loaded, one); forget(one); isLoaded = false; wanted = true };
     atomic { !loaded.made -> reload = false }
  od
}

/* The request that revokes, here or on the other instance; only one that is ready serves: src/adapters/postgres/postgres-revocations.ts#ready */
proctype Revoker() {
  if :: hasServed -> own = true :: true fi;
  /* The commit and its announcement: supabase/migrations/20261121000001_foundation.sql#announce_revocation */
  atomic { committedAge = 0; if :: up && FAULT != 1 -> line!hint :: else fi };
  /* src/adapters/postgres/postgres-revocations.ts#applied to all of src/adapters/postgres/replica-feed.ts#replicas, then the answer */
  if
  :: atomic { own -> copy.has = copy.made; loaded.has = loaded.made; answered = true;
       looked.has = (looked.made && (looked.has || FAULT != 4 || isLoaded || isCopy)) }
  :: !own
  fi
}

#define older(age) age = (age == NONE -> NONE : (age < OLD -> age + 1 : OLD))
proctype Clock() {
  do
  :: d_step { older(committedAge); older(provenAge); older(untilAge); older(hintAge);
       if :: line ?? [beat] -> older(sentAge) :: else fi;
       if :: looking -> older(beganAge) :: else fi }
  :: isOver = true -> break
  od
}

/* No stale yes: not when the revocation is older than the limit, and not by whom it was made and answered, or who was told of it. */
proctype Never() {
end:
  do :: passes && (committedAge == OLD || answered || wasTold) -> assert(false) od
}

/* With the line back and nothing more under way, a living token passes and the revoked one does not. */
proctype Quiet() {
  isOver && timeout -> assert(fresh && !passes)
}

init { atomic { run Listener(); run Looker(); run Reloader(); run Revoker(); run Clock(); run Never(); run Quiet() } }
