"""Long runs of trials: shared out to processes or to a cluster, kept in a file, and continued after any end."""

from symmetry.campaigns.campaign import Campaign
from symmetry.campaigns.checking import Trials
from symmetry.campaigns.run import Progress, run_campaign

__all__ = ["Campaign", "Progress", "Trials", "run_campaign"]
