import { SetMetadata } from '@nestjs/common';

export const signInRouteKey = 'velro:sign-in-route';

/** A route by which somebody begins or renews a session, or changes what signs in, without being signed in: closed while sign-ins are. */
export const SignInRoute = (): MethodDecorator => SetMetadata(signInRouteKey, true);
