package dev.tocsin.compile.delivery;

import dev.tocsin.compile.Verdict;
import dev.tocsin.compile.Verdict.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Gathers everything that speaks against one object, so that its user mends all of it in one go. */
final class Objections {
    private static final int SHOWN = 5;

    private final List<Verdict.Refused> list = new ArrayList<>();

    /**
     * Adds one.
     *
     * @param path the field, for example spec.route.routes[2].matchers[0]
     * @param problem what is wrong and what to do; never a secret value
     */
    void add(Reason reason, String path, String problem) {
        list.add(new Verdict.Refused(reason, path + ": " + problem));
    }

    void invalid(String path, String problem) {
        add(Reason.InvalidField, path, problem);
    }

    boolean isEmpty() {
        return list.isEmpty();
    }

    /** All of them as one: the first one's reason, at most five messages. */
    Optional<Verdict.Refused> verdict() {
        return verdict(list);
    }

    static Optional<Verdict.Refused> verdict(List<Verdict.Refused> objections) {
        if (objections.isEmpty()) {
            return Optional.empty();
        }
        String messages =
                objections.stream().limit(SHOWN).map(Verdict.Refused::message).collect(Collectors.joining("; "));
        int more = objections.size() - SHOWN;
        return Optional.of(new Verdict.Refused(
                objections.getFirst().reason(), more > 0 ? messages + "; and " + more + " more" : messages));
    }
}
