package dev.tocsin.observe;

import java.time.Instant;

/**
 * How a rule's evaluations keep up with its interval, as one replica reports it.
 *
 * @param interval the group's, seconds
 * @param took seconds that its last evaluation took; a group with several rules evaluates one after the other
 * @param age seconds since that evaluation began, by the replica's own clock
 */
public record Pace(double interval, double took, double age) {
    /** Of a rule that is not evaluated yet. */
    public static final Pace NONE = new Pace(0, 0, 0);

    private static final double IN_TIME_AGAIN = 0.8;
    private static final int INTERVALS_UNTIL_OVERDUE = 5;
    private static final int NEVER_OVERDUE_BEFORE = 30;

    /** What one report says. */
    public enum Grade {
        InTime,
        /** An evaluation takes longer than the interval: vmalert 1.150 leaves out those that would begin meanwhile. */
        Late,
        /** The next evaluation should have been over long ago. */
        Overdue
    }

    /** What part of its interval an evaluation takes; from 1 on evaluations are missed. */
    public double share() {
        return interval == 0 ? 0 : took / interval;
    }

    /**
     * What this report says.
     *
     * @param before what the reports before said: a rule that was late is in time again only when it is so clearly
     */
    public Grade grade(Grade before) {
        if (age > INTERVALS_UNTIL_OVERDUE * interval + 2 * took + NEVER_OVERDUE_BEFORE) {
            return Grade.Overdue;
        }
        return share() >= (before == Grade.InTime ? 1 : IN_TIME_AGAIN) ? Grade.Late : Grade.InTime;
    }

    /**
     * What is told of a rule's pace: a report counts once the next evaluation confirms it, so that a single slow answer of
     * the datasource is no news.
     *
     * @param told what counts
     * @param seen what the last report said
     * @param evaluation the last one that was reported
     */
    record Told(Grade told, Grade seen, Instant evaluation) {
        static final Told AT_FIRST = new Told(Grade.InTime, Grade.InTime, Instant.EPOCH);

        Told after(Pace report, Instant lastEvaluation) {
            Grade now = report.grade(told);
            boolean another = now == Grade.Overdue || !lastEvaluation.equals(evaluation);
            if (!another) {
                return this;
            }
            return new Told(now == seen ? now : told, now, lastEvaluation);
        }

        boolean isAsAtFirst() {
            return told == Grade.InTime && seen == Grade.InTime;
        }
    }
}
