"""One file per verb: settings in, result out, no printing."""
