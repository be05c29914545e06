/*
 * The refresh tokens of one session, on two instances: an honest client with two tabs and one storage, which asks again when an
 * answer is lost; a thief with a copy of what was stored at some moment; instances that are killed at any step.
 *
 * The client stores no older token over a newer one, and an answer of it is not under way for longer than the grace time.
 *
 * FAULT 1: the row of the session is not locked
 * FAULT 2: the successor is not sealed, and who asks again counts as a thief
 * FAULT 3: who asks again gets another successor
 * FAULT 4: the use of an access token is not counted as a use of its successor
 * FAULT 5: the answer is sent before the commit
 * FAULT 6: the grace time does not end
 * FAULT 7: a reuse is refused, and the session goes on
 */
#ifndef FAULT
#define FAULT 0
#endif
#define TOKENS 3  /* 1 is that of the sign-in; 0 is none */
#define KILLS 2
#define REUSES 2  /* requests of the thief */
#define LOST 8    /* no answer */
#define REFUSED 9

/* What is committed. Ages of a first use: 0 unused, 1 within the grace time, 2 past it (config/policy/accounts/tokens.ts#reuseGraceSeconds). */
byte issued = 1;
bool valid[8];
byte successor[8]; /* src/features/accounts/sessions/refresh/refresh-tokens.repository.ts#exchange; sealed: src/features/accounts/sessions/refresh/refresh-token.ts#sealSuccessor */
byte used[8];      /* used_at */
byte access[8];    /* access_used_at: src/features/accounts/sessions/refresh/access-token-uses.ts#write */
bool ended, revoked; /* src/features/accounts/sessions/session-termination.ts#endSession */
bool locked;       /* src/features/accounts/sessions/sessions.repository.ts#lock */

/* Tabs 0 and 1, and the thief, 2: what each has sent, and what came back. */
chan request = [0] of { byte, byte };
byte sent[3], answer[3];
byte stored = 1, kills, reuses;
byte noted[2];     /* of each instance, in memory: src/features/accounts/sessions/refresh/access-token-uses.ts#note */

#define past(token) (used[token] == 2 || access[token] == 2)
/* src/features/accounts/sessions/refresh/refresh-tokens.repository.ts#find: may_ask_again */
#define mayAskAgain(next) (next == 0 || !(used[next] == 2 || (access[next] == 2 && FAULT != 4)) || FAULT == 6)

/* kill -9: what is not committed is rolled back, what is in memory is gone, and the client gets no answer. */
inline orKilled() { atomic { kills < KILLS -> kills++; noted[i] = 0; if :: holds -> locked = false :: else fi;
  if :: !isEarly -> answer[who] = LOST :: else fi; goto idle } }

/* src/features/accounts/sessions/refresh/refresh.service.ts#refresh,exchange,endReused */
proctype Instance(bit i) {
  byte who, token, next; bool holds, isReuse, isPast, isEarly;
idle:
  atomic { who = 0; token = 0; next = 0; holds = false; isReuse = false; isPast = false; isEarly = false };
end:
  if
  :: request?who,token
  :: atomic { noted[i] != 0 && kills < KILLS -> kills++; noted[i] = 0; goto end }
  fi;
  if :: orKilled() :: atomic { !locked || FAULT == 1 -> locked = true; holds = true } fi;
  /* A session that has ended is not found, nor a token that was not issued. */
  if
  :: atomic { ended || !valid[token] -> locked = false; answer[who] = REFUSED; goto idle }
  :: orKilled()
  :: atomic { !ended && valid[token] -> next = successor[token]; isPast = (next != 0 && past(next));
       isReuse = (!mayAskAgain(next) || (FAULT == 2 && next != 0)) }
  fi;
  if
  :: atomic { FAULT == 5 && !isReuse && next == 0 && issued < TOKENS -> issued++; answer[who] = issued; isEarly = true }
  :: else
  fi;
  /* The commit. */
  if
  :: orKilled()
  :: atomic { isReuse -> ended = (FAULT != 7); revoked = ended; locked = false; holds = false }
  :: atomic { !isReuse && next != 0 && FAULT != 3 -> locked = false; holds = false } /* openSuccessor: nothing is written */
  :: atomic { !isReuse && (next == 0 || FAULT == 3) && (issued < TOKENS || isEarly) ->
       assert(successor[token] == 0); /* never two successors */
       if :: !isEarly -> issued++ :: else fi;
       next = issued; valid[next] = true; successor[token] = next; used[token] = 1; locked = false; holds = false }
  :: atomic { !isReuse && (next == 0 || FAULT == 3) && issued == TOKENS && !isEarly -> locked = false; answer[who] = LOST; goto idle } /* the end of the model */
  fi;
  if
  :: orKilled()
  :: atomic { isReuse -> assert(ended && revoked); answer[who] = REFUSED }
  :: atomic { !isReuse -> assert(!isPast);
       if :: !isEarly -> answer[who] = next :: else fi } /* what is past its grace gets nothing */
  fi;
  goto idle
}

/* Within a second: src/features/accounts/sessions/refresh/access-token-uses.ts#write */
proctype Uses() {
end:
  do
  :: atomic { noted[0] != 0 -> access[noted[0]] = (access[noted[0]] == 0 -> 1 : access[noted[0]]); noted[0] = 0 }
  :: atomic { noted[1] != 0 -> access[noted[1]] = (access[noted[1]] == 0 -> 1 : access[noted[1]]); noted[1] = 0 }
  od
}

/* An access token is used on either instance: src/guards/token/verified-tokens.ts#keep */
inline use(token) {
  if
  :: atomic { noted[0] == 0 -> noted[0] = token }
  :: atomic { noted[1] == 0 -> noted[1] = token }
  :: true
  fi
}

/* A tab of the honest client sends what is stored, and asks again until it has an answer. */
proctype Tab(bit tab) {
  do
  :: atomic { stored < TOKENS && answer[tab] == 0 -> sent[tab] = stored; request!tab,stored };
     if
     :: atomic { answer[tab] == LOST -> answer[tab] = 0; sent[tab] = 0 }
     :: atomic { answer[tab] == REFUSED -> assert(reuses > 0); break } /* no session is lost without a thief */
     :: atomic { answer[tab] > 0 && answer[tab] < LOST -> sent[tab] = 0; stored = (answer[tab] > stored -> answer[tab] : stored); answer[tab] = 0 };
        use(stored)
     fi
  :: stored == TOKENS -> break
  od
}

/* Copies what is stored at some moment, and goes on from there as the client does. */
proctype Thief() {
  byte copy;
  copy = stored;
  do
  :: atomic { reuses < REUSES && copy < TOKENS -> reuses++; request!2,copy };
     if
     :: atomic { answer[2] > 0 && answer[2] < LOST -> copy = answer[2]; answer[2] = 0 }; use(copy)
     :: atomic { answer[2] >= LOST -> answer[2] = 0 }
     fi
  :: true -> break
  od
}

/* The grace time of a first use ends; not while the client waits for an answer to its parent. */
#define waits(tab, token) (sent[tab] != 0 && successor[sent[tab]] == token)
#define ages(age, token) atomic { age[token] == 1 && !waits(0, token) && !waits(1, token) -> age[token] = 2 }
proctype Time() {
end:
  do
  :: ages(used, 2) :: ages(used, 3) :: ages(access, 2) :: ages(access, 3)
  od
}

/* In the end: without a thief the client has the last token; nobody has a token of a session that has ended, or two of one. */
proctype Quiet() {
  timeout -> assert(reuses > 0 || (stored == TOKENS && !ended)); assert(ended == revoked)
}

init {
  atomic {
    valid[1] = true;
    run Thief(); run Time(); run Uses(); run Instance(0); run Instance(1); run Tab(0); run Tab(1); run Quiet()
  }
}
