// Jest asks Node for a context that intercepts every access to a global, `Math` as well as `Map`: what computes takes up to three
// times as long there. Node makes one without interceptors as well (`vm.constants.DONT_CONTEXTIFY`), whose globals are ordinary
// objects; Jest has no setting for it.
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

export default class OrdinaryGlobals extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}
