# The load balancer: HTTPS to the servers, and HTTP to HTTPS without exceptions.

resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "The load balancer: the web"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.balancer.id
  description       = "HTTPS from everywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "http" {
  #checkov:skip=CKV_AWS_260:port 80 does nothing but redirect to HTTPS
  security_group_id = aws_security_group.balancer.id
  description       = "HTTP from everywhere, to be redirected"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_vpc_security_group_egress_rule" "servers" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "To the servers"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_lb" "this" {
  #checkov:skip=CKV2_AWS_76:a rule against a library of Java guards no Rust
  #checkov:skip=CKV2_AWS_28:a team that has a web ACL gives it as web_acl_arn; rate limits are the program's own
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = var.public_subnet_ids
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  idle_timeout               = 120 # streams of events send something every 15 seconds
  access_logs {
    bucket  = var.log_bucket
    prefix  = "balancer"
    enabled = var.access_logs
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count        = var.web_acl_arn == null ? 0 : 1
  resource_arn = aws_lb.this.arn
  web_acl_arn  = var.web_acl_arn
}

# CodeDeploy moves the listener from one to the other.
resource "aws_lb_target_group" "server" {
  #checkov:skip=CKV_AWS_378:TLS ends at the load balancer; from there on it is the private subnets and the servers' security group
  for_each             = toset(["blue", "green"])
  name                 = "${var.name}-${each.key}"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = local.port
  deregistration_delay = 40
  health_check {
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.server["blue"].arn
  }
  lifecycle {
    ignore_changes = [default_action] # CodeDeploy's
  }
}

# What is to come is tried here before browsers see it; from inside the VPC alone.
resource "aws_lb_listener" "test" {
  load_balancer_arn = aws_lb.this.arn
  port              = 8443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.server["green"].arn
  }
  lifecycle {
    ignore_changes = [default_action]
  }
}

resource "aws_vpc_security_group_ingress_rule" "test" {
  security_group_id = aws_security_group.balancer.id
  description       = "The listener for tests, from the VPC"
  cidr_ipv4         = var.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = 8443
  to_port           = 8443
}

resource "aws_route53_record" "studio" {
  zone_id = var.zone_id
  name    = var.domain_name
  type    = "A"
  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
