/*
 * One generation and its credits, with two workers of two instances, the provider, its callbacks, and an owner who may cancel.
 * A lease may end at any moment: a worker that stands still is overtaken anywhere. Workers are killed, and outcomes of submits
 * stay unknown.
 *
 * FAULT 1: a final state is set whatever the state was
 * FAULT 2: credits are settled whenever a final state is asked for, and the ledger has no unique index
 * FAULT 3: a submit of unknown outcome is queued again
 * FAULT 4: a lost job is queued again whatever its attempt was
 * FAULT 5: a callback is recorded whatever the state is
 * FAULT 6: a claim does not read whether a cancellation was asked for
 * FAULT 7: a job whose submit has no known outcome is not looked at after its deadline
 */
#ifndef FAULT
#define FAULT 0
#endif
#define ATTEMPTS 3
#define DUES 3  /* times that a job is due before its deadline without a reason */
#define KILLS 2
#define LOSES 1 /* jobs that the provider forgets */

/* velro.generations: src/features/generations/generation.ts#GenerationStatus */
mtype = { queued, submitting, processing, completed, failed, cancelled };
mtype status = queued;
byte attempts, reference;      /* the attempt whose job it is; 0 is none */
bool due = true, over, asked;  /* due_at, deadline_at and cancel_requested_at */
/* The ledger: src/features/credits/credits.service.ts#commit,release */
byte commits, releases;

/* At the provider, of each attempt: src/ports/generation-provider.ts#ProviderStatus */
mtype = { none, running, finished, failing, stopped, absent };
mtype job[4] = none;
bool calls[4];                 /* a callback is under way */
byte made, dues, kills, loses; /* `made`: results that the provider has made */

#define isUnfinished (status == queued || status == submitting || status == processing)
#define isHeld (status == submitting || status == processing)

/* One transaction: src/features/generations/jobs/settlement.ts#complete,release, src/features/generations/jobs/endings.repository.ts#finish */
inline finish(final) {
  atomic {
    if
    :: isUnfinished || FAULT == 1 || FAULT == 2 ->
         if :: isUnfinished || FAULT == 1 -> status = final :: else fi;
         /* supabase/migrations/20261121000001_foundation.sql#credit_entries_settle_once */
         if
         :: commits + releases > 0 && FAULT != 2
         :: else -> if :: final == completed -> commits++ :: else -> releases++ fi
         fi
    :: else
    fi
  }
}

/* src/features/generations/jobs/jobs.repository.ts#requeue, then src/features/generations/jobs/settlement.ts#putBack */
inline putBack() {
  atomic {
    if
    :: status == held && (attempts == attempt || FAULT == 4) && attempts < ATTEMPTS ->
         status = queued; reference = 0; due = false; cancels = asked;
         over = (held == processing -> false : over)
    :: else
    fi
  };
  if :: cancels -> finish(cancelled) :: else fi
}

/* src/features/generations/jobs/jobs.repository.ts#submitted */
inline submitted() {
  atomic {
    if
    :: isHeld ->
         due = (asked || status == processing); status = processing; over = false;
         reference = (reference == 0 -> attempt : reference)
    :: else
    fi
  }
}

/* src/features/generations/jobs/job-poller.ts#giveUp */
inline giveUp() { if :: cancels -> finish(cancelled) :: else -> finish(failed) fi }

inline orKilled() { atomic { kills < KILLS -> kills++; goto idle } }

/* src/features/generations/jobs/dispatcher.ts#look */
proctype Worker() {
  mtype held, view; byte attempt, at; bool cancels, isOver, isAsked;
idle:
  atomic { held = 0; view = 0; attempt = 0; at = 0; cancels = false; isOver = false; isAsked = false };
end:
  if
  /* src/features/generations/jobs/jobs.repository.ts#takeQueued */
  :: atomic { status == queued && due && !over && attempts < ATTEMPTS ->
       status = submitting; attempts++; due = false; held = submitting; attempt = attempts;
       cancels = (asked && FAULT != 6); isAsked = asked };
     goto submit
  /* src/features/generations/jobs/jobs.repository.ts#takeDue */
  :: atomic { due && ((status == submitting && !(FAULT == 7 && over)) || status == processing || (status == queued && over)) ->
       due = false; held = status; attempt = attempts; at = reference; cancels = asked; isOver = over };
     goto poll
  fi;

submit: /* src/features/generations/jobs/submitter.ts#submit */
  if :: cancels -> finish(cancelled); goto idle :: !cancels -> assert(!isAsked) :: orKilled() fi;
  if
  :: atomic { job[attempt] = running; view = finished } /* accepted, and known to be */
  :: atomic { job[attempt] = running; view = none }     /* SubmitUnknown: src/adapters/fal/fal-provider.ts#submit */
  :: view = none
  :: view = failing                                     /* GenerationRefused */
  :: atomic { attempt < ATTEMPTS -> view = absent }     /* certainly not accepted */
  fi;
  if /* src/features/generations/jobs/submitter.ts#run,onFailure */
  :: view == finished -> submitted()
  :: view == none && FAULT != 3
  :: view == none && FAULT == 3 -> putBack()
  :: view == failing -> finish(failed)
  :: view == absent -> putBack()
  :: orKilled()
  fi;
  goto idle;

poll: /* src/features/generations/jobs/job-poller.ts#poll,pollUnsubmitted */
  if
  :: at == 0 && isOver -> giveUp(); goto idle
  :: at == 0 && !isOver -> goto idle /* src/features/generations/jobs/jobs.repository.ts#unknown */
  :: at != 0
  fi;
  /* src/features/generations/jobs/job-poller.ts#pollProvider */
  if
  :: atomic { cancels && job[at] != finished -> job[at] = (job[at] == running -> stopped : job[at]) };
     if :: finish(cancelled) :: orKilled() fi; goto idle
  :: !cancels || job[at] == finished
  fi;
  view = job[at];
  if
  :: orKilled()
  :: view == finished -> finish(completed)
  :: view == failing || view == stopped -> finish(failed)
  :: view == absent -> putBack()
  /* src/features/generations/jobs/job-poller.ts#resume */
  :: view == running && isOver -> atomic { job[at] = (job[at] == running -> stopped : job[at]) }; giveUp()
  :: view == running && !isOver -> skip /* src/features/generations/jobs/jobs.repository.ts#note */
  fi;
  goto idle
}

/* The provider: a job ends, and calls back, or is forgotten before. */
#define ends(n) atomic { job[n] == running -> job[n] = finished; calls[n] = true; made++; assert(made <= 1) } /* no work is paid for twice */
#define fails(n) atomic { job[n] == running -> job[n] = failing; calls[n] = true }
#define forgets(n) atomic { job[n] == running && loses < LOSES -> loses++; job[n] = absent }
/* src/features/generations/callbacks/callbacks.repository.ts#record; or the callback is lost */
#define isCalled(n) ((isHeld || FAULT == 5) && (reference == n || (reference == 0 && status == submitting)))
#define calledBack(n) atomic { calls[n] -> calls[n] = false; if :: isCalled(n) -> due = true; status = processing; reference = n :: true fi }
proctype Provider() {
end:
  do
  :: ends(1) :: ends(2) :: ends(3) :: fails(1) :: fails(2) :: fails(3) :: forgets(1) :: forgets(2)
  :: calledBack(1) :: calledBack(2) :: calledBack(3)
  od
}

/* src/features/generations/jobs/settlement.ts#cancelFor, src/features/generations/jobs/endings.repository.ts#requestCancel: once, or never */
proctype Owner() {
  if
  :: atomic { isUnfinished -> asked = true; due = ((status == submitting && reference == 0) -> due : true);
       if :: status == queued -> status = cancelled; releases++ :: else fi }
  :: true
  fi
}

/* A look is due, a lease has ended (src/features/generations/jobs/jobs.repository.ts#renew), and in the end the deadline passes. */
proctype Time() {
end:
  do
  :: atomic { isUnfinished && !due && (dues < DUES || over) -> due = true; dues = (over -> dues : dues + 1) }
  :: atomic { isUnfinished && !over -> over = true }
  od
}

proctype Never() {
end:
  do
  :: commits + releases > 1 -> assert(false) /* charged or given back twice */
  :: status == processing && reference != attempts -> assert(false) /* followed by a job that is not its own */
  od
}

/* In the end: the row has ended, and its credits as it has. */
proctype Quiet() {
  timeout -> assert(!isUnfinished); assert(commits == (status == completed -> 1 : 0)); assert(commits + releases == 1)
}

init { atomic { run Worker(); run Worker(); run Provider(); run Owner(); run Time(); run Never(); run Quiet() } }
