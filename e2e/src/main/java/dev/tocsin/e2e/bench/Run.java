package dev.tocsin.e2e.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one call of the benchmark measures, how thoroughly, and what came of it. */
final class Run {
    private final Set<Goal> wanted;
    private final boolean quick;
    private final Path folder;
    private final List<Figure> figures = new ArrayList<>();
    private final long began = System.nanoTime();

    /**
     * @param quick tiny numbers that prove that the harness works, and nothing else
     * @param folder for files of the run
     */
    Run(Set<Goal> wanted, boolean quick, Path folder) {
        this.wanted = wanted;
        this.quick = quick;
        this.folder = folder;
    }

    boolean wants(Goal goal) {
        return wanted.contains(goal);
    }

    boolean wantsAnyOf(Goal... goals) {
        for (Goal goal : goals) {
            if (wants(goal)) {
                return true;
            }
        }
        return false;
    }

    boolean wantsAnyOf(Set<Goal> goals) {
        return goals.stream().anyMatch(this::wants);
    }

    /** How many of something: the second number in a quick run. */
    int size(int full, int inQuickRun) {
        return quick ? inQuickRun : full;
    }

    /** How long something lasts: the second in a quick run. */
    Duration time(int seconds, int inQuickRun) {
        return Duration.ofSeconds(quick ? inQuickRun : seconds);
    }

    boolean isQuick() {
        return quick;
    }

    Path folder() {
        return folder;
    }

    List<Figure> figures() {
        return figures;
    }

    void report(Goal goal, double value, Figure.@Nullable Peer peer, String detail) {
        if (!wants(goal)) {
            return;
        }
        Figure figure = new Figure(goal, value, peer, detail);
        figures.add(figure);
        say("%s = %s %s%s; %s"
                .formatted(
                        goal.id(),
                        Figure.text(figure.value()),
                        goal.unit(),
                        peer == null ? "" : ", " + peer.name() + " " + Figure.text(peer.value()),
                        detail));
    }

    /** Progress, with the seconds since the begin. */
    void say(String text) {
        System.out.printf("%5d s  %s%n", (System.nanoTime() - began) / 1_000_000_000, text);
    }
}
