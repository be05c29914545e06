import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { UsersService, type User } from '../../users/users.service.js';
import { MfaService } from '../factor/mfa.service.js';

/** The account of a caller. */
export interface Profile {
  readonly user: User;
  readonly mfaEnabled: boolean;
}

/** The profile of the caller. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly users: UsersService,
    private readonly mfa: MfaService,
  ) {}

  /** @throws Problem `token_invalid` when the account no longer exists */
  async get(caller: Caller): Promise<Profile> {
    return this.of(await this.users.find(caller.userId));
  }

  /** `fullName`: null removes the name. @throws Problem `token_invalid` */
  async rename(caller: Caller, fullName: string | null): Promise<Profile> {
    return this.of(await this.users.rename(caller, fullName));
  }

  private async of(user: User | null): Promise<Profile> {
    if (user === null) throw new Problem('token_invalid');
    return { user, mfaEnabled: await this.mfa.isActive(user.id) };
  }
}
