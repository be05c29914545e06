import { Injectable, type CanActivate } from '@nestjs/common';
import { Revocations } from '../ports/revocations.js';
import type { RoutePolicy } from './route/route-policy.js';
import { signInsClosed } from './sign-ins-closed.js';

/** While sign-ins are closed, nothing of a route that signs somebody in is done. The transaction that begins a session asks once more. */
@Injectable()
export class SignInGuard implements CanActivate {
  constructor(private readonly revocations: Revocations) {}

  concerns({ signsIn }: RoutePolicy): boolean {
    return signsIn;
  }

  async canActivate(): Promise<boolean> {
    if (await this.revocations.areSignInsClosed()) throw signInsClosed();
    return true;
  }
}
